package io.github.gracefulboot.startup;

/**
 * Interrupts the thread that starts the application when the process is told to stop.
 * Spring closes the context only after the start, which would otherwise wait for what is
 * missing while nobody wants it any more.
 */
final class StopWhileStarting implements AutoCloseable {

	private final Thread hook;

	private StopWhileStarting(Thread starter) {
		this.hook = new Thread(starter::interrupt, "graceful-stop-of-start");
	}

	/**
	 * From now on interrupts the current thread when the process is told to stop.
	 * @return to be closed when the thread waits no longer
	 * @throws InterruptedException if the process stops already
	 */
	static StopWhileStarting interruptsThisThread() throws InterruptedException {
		StopWhileStarting stop = new StopWhileStarting(Thread.currentThread());
		try {
			Runtime.getRuntime().addShutdownHook(stop.hook);
		}
		catch (IllegalStateException ex) {
			throw new InterruptedException("The process stops");
		}
		return stop;
	}

	@Override
	public void close() {
		try {
			Runtime.getRuntime().removeShutdownHook(this.hook);
		}
		catch (IllegalStateException ex) {
			// It stops already
		}
	}

}
