package io.github.gracefulboot.posix;

/**
 * Lets this process open nothing more, as if it had used up its descriptors. Whoever runs
 * meanwhile must have loaded its classes before.
 */
public final class DescriptorLimit implements AutoCloseable {

	private static final int RLIMIT_NOFILE = 7;

	/**
	 * Those of the standard streams.
	 */
	private static final int ALWAYS_OPEN = 3;

	private final long[] limit = new long[2];

	public DescriptorLimit() {
		TestLibrary.INSTANCE.getrlimit(RLIMIT_NOFILE, this.limit);
		TestLibrary.INSTANCE.setrlimit(RLIMIT_NOFILE, new long[] { ALWAYS_OPEN, this.limit[1] });
	}

	@Override
	public void close() {
		TestLibrary.INSTANCE.setrlimit(RLIMIT_NOFILE, this.limit);
	}

}
