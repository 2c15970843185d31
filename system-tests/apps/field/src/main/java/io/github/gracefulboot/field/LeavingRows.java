package io.github.gracefulboot.field;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.TimeUnit;

import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Applications that leave a registry of their own when they are told that they stop, and
 * wait until clients have noticed. Up to then these send requests.
 */
abstract class LeavingRows implements Work {

	private final Environment environment;

	private LeavingRows(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void begin() {
		Evidence.write("begun");
	}

	void leave() throws Exception {
		TimeUnit.MILLISECONDS.sleep(MILLIS);
		URI uri = URI.create("http://127.0.0.1:" + this.environment.getProperty("local.server.port"));
		HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding());
		Evidence.write("done");
	}

	@Component
	@Profile("leave-by-event")
	static class LeavingByEvent extends LeavingRows {

		LeavingByEvent(Environment environment) {
			super(environment);
		}

		@EventListener(ContextClosedEvent.class)
		void on() throws Exception {
			leave();
		}

	}

	@Component
	@Profile("leave-by-lifecycle")
	static class LeavingByLifecycle extends LeavingRows implements SmartLifecycle {

		private volatile boolean running;

		LeavingByLifecycle(Environment environment) {
			super(environment);
		}

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			try {
				leave();
			}
			catch (Exception ex) {
				Evidence.write("refused: " + ex);
			}
			this.running = false;
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

	}

}
