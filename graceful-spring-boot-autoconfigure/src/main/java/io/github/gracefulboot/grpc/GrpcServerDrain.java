package io.github.gracefulboot.grpc;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Announcer;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.shutdown.DrainProperties.Streams;
import io.github.gracefulboot.shutdown.StageListener;
import io.github.gracefulboot.shutdown.WaitingPolicy;
import io.github.gracefulboot.socket.ListenerSilencer;
import io.grpc.Server;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.context.ApplicationListener;
import org.springframework.grpc.server.lifecycle.GrpcServerStartedEvent;

/**
 * Drains the gRPC servers: closes their ports, waits for calls in flight and ends the
 * streams that do not end by themselves. Spring gRPC's own shutdown has nothing left to
 * wait for then, which would take additional time.
 */
final class GrpcServerDrain implements DrainParticipant, Announcer, StageListener,
		ApplicationListener<GrpcServerStartedEvent>, AopInfrastructureBean {

	private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

	private static final Duration LONGEST_HANDSHAKE = Duration.ofMillis(300);

	private final GrpcConnections connections;

	private final GrpcCalls calls;

	private final Streams streams;

	private final ListenerSilencer silencer;

	private final WaitingPolicy policy;

	GrpcServerDrain(GrpcConnections connections, GrpcCalls calls, Streams streams, ListenerSilencer silencer,
			WaitingPolicy policy) {
		this.connections = connections;
		this.calls = calls;
		this.streams = streams;
		this.silencer = silencer;
		this.policy = policy;
	}

	@Override
	public void onApplicationEvent(GrpcServerStartedEvent event) {
		this.connections.add(event.getServer());
	}

	@Override
	public void stageChanged(Change change) {
		if (change.stage() == Stage.RELEASE) {
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
	 * Returns nothing in a servlet container, where each call is reported as a request.
	 */
	@Override
	public Collection<ActiveTask> activeTasks() {
		return this.connections.servers().isEmpty() ? List.of() : this.calls.toTasks();
	}

	@Override
	public void drain(Deadline deadline) throws InterruptedException {
		if (this.connections.servers().isEmpty() || !this.policy.drains()) {
			return;
		}
		for (Server server : this.connections.servers()) {
			close(server, deadline);
		}
		Deadline quiet = deadline.atMost(this.policy.quietPeriod());
		FeedRule feeds = new FeedRule(this.streams, this.policy.quietPeriod(), deadline, this.calls.ends());
		do {
			this.calls.end(feeds);
		}
		while (!awaitTermination(deadline.atMost(BETWEEN_LOOKS)) && !(this.calls.isEmpty() && quiet.hasPassed())
				&& !deadline.hasPassed());
	}

	/**
	 * Closes a server, which sends GOAWAY on each connection that has not received it.
	 * Connections whose handshake is incomplete would be cut off, so that they are waited
	 * for.
	 */
	private void close(Server server, Deadline deadline) throws InterruptedException {
		this.silencer.silence(server.getPort(), deadline);
		deadline.atMost(LONGEST_HANDSHAKE).await(() -> !this.connections.hasHandshakes());
		server.shutdown();
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
