package io.github.gracefulboot.field;

import jakarta.annotation.PreDestroy;

import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * Shutdown hooks of the JVM, and beans that are destroyed beside them.
 */
final class HookRows {

	private HookRows() {
	}

	/**
	 * Its hook uses a bean, to save what is in memory.
	 */
	@Component
	@Profile("hook-saves")
	static class Saving implements Work {

		private volatile boolean closed;

		Saving() {
			Runtime.getRuntime().addShutdownHook(new Thread(this::save, "saving"));
		}

		@Override
		public void begin() {
			Evidence.write("begun");
		}

		private void save() {
			Evidence.write(this.closed ? "closed before it could save" : "done");
		}

		@PreDestroy
		void close() {
			this.closed = true;
		}

	}

	/**
	 * Its hook takes a while.
	 */
	@Component
	@Profile("hook-slow")
	static class Slow {

		Slow() {
			Runtime.getRuntime().addShutdownHook(new Thread(Slow::save, "saving"));
		}

		private static void save() {
			try {
				Thread.sleep(2 * Work.MILLIS);
				Evidence.write("saved");
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

	/**
	 * Waits without a limit for the end of its own thread, when it is destroyed.
	 */
	@Component
	@Profile("destroy-joins")
	static class Joining implements Work {

		private volatile boolean closed;

		private final Thread thread = new Thread(this::writeAtTheEnd, "writing");

		@Override
		public void begin() {
			Evidence.write("begun");
			this.thread.start();
		}

		private synchronized void writeAtTheEnd() {
			try {
				while (!this.closed) {
					wait();
				}
				Thread.sleep(MILLIS);
				Evidence.write("done");
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		@PreDestroy
		void close() {
			synchronized (this) {
				this.closed = true;
				notifyAll();
			}
			try {
				this.thread.join();
			}
			catch (InterruptedException ex) {
				Evidence.write("interrupted");
				Runtime.getRuntime().halt(4);
			}
		}

	}

}
