package io.github.gracefulboot.field;

import jakarta.annotation.PreDestroy;

import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * A shutdown hook of the JVM that uses a bean, to save what is in memory.
 */
@Component
@Profile("hook-saves")
class HookRows implements Work {

	private volatile boolean closed;

	HookRows() {
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
