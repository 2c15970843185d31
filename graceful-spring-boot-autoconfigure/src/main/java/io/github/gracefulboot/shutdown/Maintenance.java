package io.github.gracefulboot.shutdown;

import io.github.gracefulboot.traffic.Readiness;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The lame duck that an operator can take back: readiness is refused, and every request
 * is still served.
 */
public final class Maintenance {

	private static final Log logger = LogFactory.getLog(Maintenance.class);

	private final ShutdownSequence shutdown;

	private final Readiness readiness;

	/**
	 * Creates what operators ask.
	 * @param shutdown a shutdown cannot be taken back
	 * @param readiness what is refused
	 */
	public Maintenance(ShutdownSequence shutdown, Readiness readiness) {
		this.shutdown = shutdown;
		this.readiness = readiness;
	}

	/**
	 * Refuses readiness until it is resumed.
	 * @return what has happened, as a sentence without an end
	 * @throws IllegalStateException if nothing has, and why
	 */
	public String begin() {
		if (isStopping()) {
			throw new IllegalStateException("A shutdown has begun, which refuses traffic to the end");
		}
		if (!this.readiness.wasReached()) {
			throw new IllegalStateException("The application has not been ready yet: it refuses traffic by itself");
		}
		if (this.readiness.isInMaintenance()) {
			return "Traffic is refused already, until 'resume'";
		}
		this.readiness.beginMaintenance();
		logger.info("Refusing traffic for maintenance, until resumed by an operator: requests are still served");
		return "Readiness is refused until 'resume', and every request is still served";
	}

	/**
	 * Takes that back.
	 * @return what has happened, as a sentence without an end
	 * @throws IllegalStateException if nothing has, and why
	 */
	public String end() {
		if (isStopping()) {
			throw new IllegalStateException("A shutdown has begun, and cannot be taken back");
		}
		if (!this.readiness.isInMaintenance()) {
			return "There is no lame duck to take back: nothing has changed";
		}
		this.readiness.endMaintenance();
		if (!this.readiness.isAccepted()) {
			logger.info("The maintenance is over, and the application itself refuses traffic");
			return "The maintenance is over, but the application itself refuses traffic until it publishes that it "
					+ "accepts it";
		}
		logger.info("The maintenance is over: accepting traffic");
		return "Traffic is accepted again";
	}

	private boolean isStopping() {
		return this.shutdown.getDeadline() != null;
	}

}
