package io.github.gracefulboot.actuate;

import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

import io.github.gracefulboot.StopReason;
import io.github.gracefulboot.Supervisor;
import io.github.gracefulboot.shutdown.Findings;
import io.github.gracefulboot.shutdown.LastReport;
import io.github.gracefulboot.shutdown.Maintenance;
import io.github.gracefulboot.shutdown.OwnBeans;
import io.github.gracefulboot.shutdown.ProcessStopper;
import io.github.gracefulboot.shutdown.ShutdownPlan;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.traffic.Readiness;
import io.github.gracefulboot.traffic.Traffic;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.function.SingletonSupplier;

/**
 * Tells what a shutdown would do now, or how far it is, and lets an operator refuse
 * traffic for a while, take that back, and stop the process. Read-only unless the
 * application opens it.
 */
@Endpoint(id = "graceful", defaultAccess = Access.READ_ONLY)
final class GracefulEndpoint implements AopInfrastructureBean {

	private static final int CONFLICT = 409;

	private final ConfigurableApplicationContext context;

	private final ShutdownSequence shutdown;

	private final Supplier<ShutdownPlan> plan;

	private final Readiness readiness;

	private final Maintenance maintenance;

	private final Traffic traffic;

	private final ObjectProvider<ProcessStopper> stopper;

	private final Supplier<List<String>> supervisors;

	private final Findings findings;

	private final ObjectProvider<LastReport> lastReport;

	/**
	 * Creates the endpoint.
	 * @param context the context that is stopped
	 * @param shutdown how it is stopped
	 * @param plan gives what a shutdown would do now
	 * @param readiness whether the application accepts traffic
	 * @param traffic what is known of clients
	 * @param stopper ends the process, if there is one
	 * @param findings what contradicts at the start
	 * @param lastReport knows how the shutdown before went, if there are reports
	 */
	GracefulEndpoint(ConfigurableApplicationContext context, ShutdownSequence shutdown, Supplier<ShutdownPlan> plan,
			Readiness readiness, Traffic traffic, ObjectProvider<ProcessStopper> stopper, Findings findings,
			ObjectProvider<LastReport> lastReport) {
		this.context = context;
		this.shutdown = shutdown;
		this.plan = plan;
		this.readiness = readiness;
		this.maintenance = new Maintenance(shutdown, readiness);
		this.traffic = traffic;
		this.stopper = stopper;
		this.findings = findings;
		this.lastReport = lastReport;
		this.supervisors = SingletonSupplier.of(() -> new OwnBeans(context.getBeanFactory()).ordered(Supervisor.class)
			.stream()
			.map((bean) -> bean.nameOr(bean.instance().name()))
			.toList());
	}

	@ReadOperation
	GracefulDescriptor graceful() {
		return GracefulDescriptor.of(this.shutdown, readiness(), this.readiness.isInMaintenance(), this.plan.get(),
				this.traffic, this.supervisors.get(), this.findings.all(),
				this.lastReport.stream().map(LastReport::lastReport).filter(Objects::nonNull).findFirst().orElse(null));
	}

	@WriteOperation
	Answer act(@Nullable String action) {
		return perform(action).answer();
	}

	/**
	 * Does what an operator asks for.
	 * @param action {@code lame-duck}, {@code resume} or {@code stop}
	 * @return what came of it
	 */
	Result perform(@Nullable String action) {
		return switch ((action != null) ? action : "") {
			case "lame-duck" -> attempt(this.maintenance::begin);
			case "resume" -> attempt(this.maintenance::end);
			case "stop" -> stop();
			default ->
				result(WebEndpointResponse.STATUS_BAD_REQUEST, "'action' has to be 'lame-duck', 'resume' or 'stop'");
		};
	}

	private Result attempt(Supplier<String> action) {
		try {
			return done(action.get());
		}
		catch (IllegalStateException ex) {
			return result(CONFLICT, String.valueOf(ex.getMessage()));
		}
	}

	/**
	 * Begins the stop on another thread, since the response to this request is waited
	 * for. Where the process is not ours to end, as in a test, only the context closes.
	 */
	private Result stop() {
		ProcessStopper stopper = this.stopper.getIfAvailable();
		if (stopper != null) {
			stopper.stopProcess(StopReason.ENDPOINT, "graceful endpoint");
			return done("The process stops");
		}
		Thread thread = new Thread(this.context::close, "graceful-stop");
		thread.setContextClassLoader(this.context.getClassLoader());
		thread.setDaemon(false);
		thread.start();
		return done("The application context closes");
	}

	private Result done(String message) {
		return result(WebEndpointResponse.STATUS_OK, message);
	}

	private Result result(int status, String message) {
		return new Result(status, new Answer(this.shutdown.getStage().id(), readiness(), message));
	}

	private String readiness() {
		return (this.readiness.isAccepted() ? ReadinessState.ACCEPTING_TRAFFIC : ReadinessState.REFUSING_TRAFFIC)
			.name();
	}

	/**
	 * What an action led to.
	 *
	 * @param stage the stage of the shutdown
	 * @param readiness the readiness state
	 * @param message what has happened, or why nothing has
	 */
	record Answer(String stage, String readiness, String message) implements OperationResponseBody {

	}

	/**
	 * An answer as HTTP has it.
	 *
	 * @param status the status code
	 * @param answer the answer
	 */
	record Result(int status, Answer answer) {

	}

}
