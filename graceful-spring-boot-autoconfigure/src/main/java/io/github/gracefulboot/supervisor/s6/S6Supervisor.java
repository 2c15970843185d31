package io.github.gracefulboot.supervisor.s6;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;

import io.github.gracefulboot.Supervisor;
import io.github.gracefulboot.posix.Descriptor;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;

/**
 * Writes a newline to the pipe on which s6 or dinit waits for it.
 *
 * @see <a href="https://skarnet.org/software/s6/notifywhenup.html">s6, Service startup
 * notifications</a>
 */
final class S6Supervisor implements Supervisor, AopInfrastructureBean {

	private final String descriptor;

	private @Nullable OutputStream pipe;

	S6Supervisor(String descriptor) {
		this.descriptor = descriptor;
	}

	@Override
	public String name() {
		return "s6";
	}

	@Override
	public void open() throws IOException {
		Descriptor descriptor = Descriptor.parse("graceful.supervisor.s6.notification-fd", this.descriptor);
		descriptor.require("pipe");
		this.pipe = new FileOutputStream(descriptor.path().toFile());
	}

	@Override
	public void ready() throws IOException {
		OutputStream pipe = this.pipe;
		if (pipe != null) {
			this.pipe = null;
			try (pipe) {
				pipe.write('\n');
			}
		}
	}

}
