package io.github.gracefulboot.startup;

/**
 * Interrupts the thread that starts the application when a shutdown of the process is
 * requested. Spring closes the context only after the start, which would otherwise
 * continue to wait for a dependency.
 */
final class ShutdownDuringStart implements AutoCloseable {

	private final Thread hook;

	private ShutdownDuringStart(Thread starter) {
		this.hook = new Thread(starter::interrupt, "graceful-interrupt-start");
	}

	/**
	 * Interrupts the current thread when a shutdown is requested, until the result is
	 * closed.
	 * @return the registration, to be closed after the wait
	 * @throws InterruptedException if the shutdown has already begun
	 */
	static ShutdownDuringStart interruptCurrentThread() throws InterruptedException {
		ShutdownDuringStart shutdown = new ShutdownDuringStart(Thread.currentThread());
		try {
			Runtime.getRuntime().addShutdownHook(shutdown.hook);
		}
		catch (IllegalStateException ex) {
			throw new InterruptedException("The process is shutting down");
		}
		return shutdown;
	}

	@Override
	public void close() {
		try {
			Runtime.getRuntime().removeShutdownHook(this.hook);
		}
		catch (IllegalStateException ex) {
			// The shutdown has already begun
		}
	}

}
