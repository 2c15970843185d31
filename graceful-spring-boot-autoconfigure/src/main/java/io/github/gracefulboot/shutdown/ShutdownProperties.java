package io.github.gracefulboot.shutdown;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings of the stop as a whole.
 */
@ConfigurationProperties("graceful.shutdown")
public class ShutdownProperties {

	static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

	/**
	 * Time from the stop signal to the end of the process, shared out to all stages.
	 * Unless it is set, it is raised where the application's own shutdown timeouts need
	 * more, and reduced on platforms that kill sooner by default, such as Docker. Where
	 * PM2 kills sooner it is reduced in any case.
	 */
	private Duration timeout = DEFAULT_TIMEOUT;

	/**
	 * Whether the process ends itself, with exit code 1, when the timeout is over and
	 * something still hangs.
	 */
	private boolean forceExit = true;

	/**
	 * Whether a stop by signal ends with exit code 0 when it was clean and 1 when it was
	 * forced, instead of 143 or 130.
	 */
	private boolean exitCodes = true;

	/**
	 * Percentage of the timeout that is kept for releasing resources after the drain.
	 */
	private Percentage releaseReserve = new Percentage(20);

	public Duration getTimeout() {
		return this.timeout;
	}

	public void setTimeout(Duration timeout) {
		this.timeout = timeout;
	}

	public boolean isForceExit() {
		return this.forceExit;
	}

	public void setForceExit(boolean forceExit) {
		this.forceExit = forceExit;
	}

	public boolean isExitCodes() {
		return this.exitCodes;
	}

	public void setExitCodes(boolean exitCodes) {
		this.exitCodes = exitCodes;
	}

	public Percentage getReleaseReserve() {
		return this.releaseReserve;
	}

	public void setReleaseReserve(Percentage releaseReserve) {
		this.releaseReserve = releaseReserve;
	}

}
