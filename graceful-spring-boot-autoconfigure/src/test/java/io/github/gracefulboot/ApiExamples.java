package io.github.gracefulboot;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * The examples of {@code docs/api.md}, which holds them word for word.
 */
@Configuration(proxyBeanMethods = false)
class ApiExamples {

	private final List<String> calls = new CopyOnWriteArrayList<>();

	List<String> calls() {
		return this.calls;
	}

	// tag::participant-lambda[]
	@Bean
	DrainParticipant mailOutbox(Outbox outbox) {
		return (deadline) -> deadline.await(outbox::isEmpty);
	}
	// end::participant-lambda[]

	// tag::announcer[]
	@Bean
	Announcer partnerNotice(Partners partners) {
		return (deadline) -> partners.say("leaving within " + deadline.remaining().toSeconds() + " s");
	}
	// end::announcer[]

	// tag::startup-check[]
	@Bean
	StartupCheck licenceServer(@Value("${licence.host}") String host, @Value("${licence.port}") int port) {
		return () -> new Socket(host, port).close();
	}
	// end::startup-check[]

	// tag::warm-up[]
	@Bean
	WarmUp priceCache(Prices prices) {
		return () -> prices.load("EUR");
	}
	// end::warm-up[]

	// tag::supervisor[]
	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static Supervisor deployScript(@Value("${deploy.socket}") String socket) {
		return new DeployScript(socket);
	}
	// end::supervisor[]

	// tag::stream-farewell[]
	@Bean
	StreamFarewell farewell() {
		return (method, path) -> new LastEvent("restart", "back soon", Duration.ofSeconds(2));
	}
	// end::stream-farewell[]

	// tag::listener[]
	@EventListener
	void stageChanged(StageChangedEvent event) {
		if (event.getStage() == Stage.DRAIN) {
			this.calls.add("draining because of " + event.getReason());
		}
	}
	// end::listener[]

	@Bean
	Outbox outbox() {
		return new Outbox(this.calls);
	}

	@Bean
	Partners partners() {
		return this.calls::add;
	}

	@Bean
	Edge edge() {
		return new Edge();
	}

	@Bean
	Prices prices() {
		return this.calls::add;
	}

	// tag::participant[]
	/**
	 * Lets files that wait to be uploaded go out before what they use stops.
	 */
	@Component
	static class UploadQueue implements DrainParticipant {

		private final BlockingQueue<String> files = new LinkedBlockingQueue<>();

		@Override
		public DrainParticipant.Role role() {
			return DrainParticipant.Role.QUEUE;
		}

		@Override
		public Collection<ActiveTask> activeTasks() {
			return this.files.stream().map((file) -> new ActiveTask("upload of " + file, null, null)).toList();
		}

		@Override
		public void drain(Deadline deadline) throws InterruptedException {
			deadline.await(this.files::isEmpty);
		}

	}
	// end::participant[]

	// tag::supervisor-class[]
	/**
	 * Tells a deploy script that listens on a port.
	 */
	static class DeployScript implements Supervisor {

		private final String socket;

		DeployScript(String socket) {
			this.socket = socket;
		}

		@Override
		public void ready() throws IOException {
			tell("ready");
		}

		@Override
		public void stopping() throws IOException {
			tell("stopping");
		}

		private void tell(String word) throws IOException {
			String[] address = this.socket.split(":");
			try (Socket connection = new Socket(address[0], Integer.parseInt(address[1]))) {
				connection.getOutputStream().write((word + "\n").getBytes());
			}
		}

	}
	// end::supervisor-class[]

	// tag::load-balancer[]
	/**
	 * Takes this instance out of a pool at the edge and puts it back.
	 */
	@Component
	static class EdgePool implements LoadBalancer {

		private final Edge edge;

		EdgePool(Edge edge) {
			this.edge = edge;
		}

		@Override
		public void ready() {
			this.edge.enable("orders-1");
		}

		@Override
		public void drain() {
			this.edge.disable("orders-1");
		}

		@Override
		public boolean isDrained() {
			return this.edge.connections("orders-1") == 0;
		}

	}
	// end::load-balancer[]

	// tag::shutdown[]
	/**
	 * Begins no new file once a shutdown has begun.
	 */
	@Component
	static class Importer {

		private final GracefulShutdown shutdown;

		Importer(GracefulShutdown shutdown) {
			this.shutdown = shutdown;
		}

		void importAll(List<String> files, Consumer<String> importer) {
			for (String file : files) {
				if (this.shutdown.getStage() != Stage.RUNNING) {
					return;
				}
				importer.accept(file);
			}
		}

	}
	// end::shutdown[]

	static final class Outbox {

		private final List<String> calls;

		private int looks;

		Outbox(List<String> calls) {
			this.calls = calls;
		}

		boolean isEmpty() {
			if (++this.looks < 3) {
				return false;
			}
			this.calls.add("outbox empty on " + Thread.currentThread().getName());
			return true;
		}

	}

	static final class Edge {

		final List<String> heard = new CopyOnWriteArrayList<>();

		void enable(String member) {
			this.heard.add("enable " + member);
		}

		void disable(String member) {
			this.heard.add("disable " + member);
		}

		int connections(String member) {
			return 0;
		}

	}

	interface Partners {

		void say(String what);

	}

	interface Prices {

		void load(String currency);

	}

}
