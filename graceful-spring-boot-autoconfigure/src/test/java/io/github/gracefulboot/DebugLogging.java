package io.github.gracefulboot;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;

/**
 * Logs at debug level while a test class runs.
 */
public final class DebugLogging implements BeforeAllCallback, AfterAllCallback {

	@Override
	public void beforeAll(ExtensionContext context) {
		setLevel(LogLevel.DEBUG);
	}

	@Override
	public void afterAll(ExtensionContext context) {
		setLevel(null);
	}

	private static void setLevel(LogLevel level) {
		LoggingSystem.get(DebugLogging.class.getClassLoader()).setLogLevel("io.github.gracefulboot", level);
	}

}
