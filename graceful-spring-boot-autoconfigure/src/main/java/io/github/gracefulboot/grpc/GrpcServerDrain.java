package io.github.gracefulboot.grpc;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Announcer;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.StageChangedEvent;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.DrainProperties.Streams;
import io.github.gracefulboot.shutdown.Durations;
import io.github.gracefulboot.shutdown.WaitingPolicy;
import io.github.gracefulboot.socket.ListenerSilencer;
import io.grpc.Server;

import org.springframework.context.ApplicationEvent;
import org.springframework.context.event.SmartApplicationListener;
import org.springframework.grpc.server.lifecycle.GrpcServerStartedEvent;

/**
 * Drains the gRPC servers: closes their ports, lets what is in flight finish and ends the
 * streams that do not end by themselves. Then nothing is left to wait for in Spring
 * gRPC's own shutdown, whose time would come on top of the budget.
 */
final class GrpcServerDrain implements DrainParticipant, Announcer, SmartApplicationListener {

	private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

	private static final Duration LONGEST_HANDSHAKE = Duration.ofMillis(300);

	private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(1);

	private static final int FAREWELL_PART = 4;

	private final GrpcConnections connections;

	private final GrpcCalls calls;

	private final Streams whatToDoWithStreams;

	private final ListenerSilencer silencer;

	private final WaitingPolicy policy;

	GrpcServerDrain(GrpcConnections connections, GrpcCalls calls, Streams whatToDoWithStreams,
			ListenerSilencer silencer, WaitingPolicy policy) {
		this.connections = connections;
		this.calls = calls;
		this.whatToDoWithStreams = whatToDoWithStreams;
		this.silencer = silencer;
		this.policy = policy;
	}

	@Override
	public boolean supportsEventType(Class<? extends ApplicationEvent> type) {
		return GrpcServerStartedEvent.class.isAssignableFrom(type) || StageChangedEvent.class.isAssignableFrom(type);
	}

	@Override
	public void onApplicationEvent(ApplicationEvent event) {
		if (event instanceof GrpcServerStartedEvent started) {
			this.connections.add(started.getServer());
		}
		else if (event instanceof StageChangedEvent change && change.getStage() == Stage.RELEASE) {
			this.connections.servers().forEach(Server::shutdownNow);
		}
	}

	@Override
	public void announceStop(Deadline deadline) {
		this.connections.tellClientsToLeave();
	}

	@Override
	public String name() {
		return "gRPC server";
	}

	/**
	 * In a servlet container each call is a request, which is listed there.
	 */
	@Override
	public Collection<ActiveTask> activeTasks() {
		return this.connections.servers().isEmpty() ? List.of() : this.calls.toTasks();
	}

	@Override
	public CompletionStage<?> drain(Deadline deadline) {
		if (this.connections.servers().isEmpty() || !this.policy.drains()) {
			return CompletableFuture.completedFuture(null);
		}
		CompletableFuture<Void> drained = new CompletableFuture<>();
		DaemonThreads.start("graceful-drain-grpc", () -> drain(deadline, drained));
		return drained;
	}

	private void drain(Deadline deadline, CompletableFuture<Void> drained) {
		try {
			for (Server server : this.connections.servers()) {
				close(server, deadline);
			}
			Deadline quiet = deadline.atMost(this.policy.quietPeriod());
			FeedRule streamEnd = new FeedRule(this.whatToDoWithStreams, this.policy.quietPeriod(), farewell(deadline));
			while (!deadline.hasPassed()) {
				this.calls.end(streamEnd);
				if (awaitTermination(deadline.atMost(BETWEEN_LOOKS)) || (this.calls.isEmpty() && quiet.hasPassed())) {
					drained.complete(null);
					return;
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (RuntimeException | Error ex) {
			drained.completeExceptionally(ex);
		}
	}

	/**
	 * Says GOAWAY on each connection that has not heard it. Whoever is still in the
	 * handshake could not be told and would be cut.
	 */
	private void close(Server server, Deadline deadline) throws InterruptedException {
		this.silencer.silence(server.getPort(), deadline);
		Deadline handshakes = deadline.atMost(LONGEST_HANDSHAKE);
		while (this.connections.hasHandshakes() && !handshakes.hasPassed()) {
			Thread.sleep(1);
		}
		server.shutdown();
	}

	private static Deadline farewell(Deadline deadline) {
		return deadline.minus(Durations.shorter(deadline.remaining().dividedBy(FAREWELL_PART), LONGEST_FAREWELL));
	}

	private boolean awaitTermination(Deadline deadline) throws InterruptedException {
		for (Server server : this.connections.servers()) {
			if (!server.awaitTermination(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
				return false;
			}
		}
		return true;
	}

}
