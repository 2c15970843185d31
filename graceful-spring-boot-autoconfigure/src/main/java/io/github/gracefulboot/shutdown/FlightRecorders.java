package io.github.gracefulboot.shutdown;

import jdk.jfr.FlightRecorder;

/**
 * Tells whether Java Flight Recorder is in use, without loading what it records.
 */
public final class FlightRecorders {

	private FlightRecorders() {
	}

	/**
	 * Returns whether anything has been recorded in this process. A runtime image may
	 * leave the module out.
	 * @return whether there is somebody to record for
	 */
	public static boolean areRecording() {
		return ModuleLayer.boot().findModule("jdk.jfr").isPresent() && FlightRecorder.isAvailable()
				&& FlightRecorder.isInitialized();
	}

}
