package io.github.gracefulboot.web.jetty;

import java.io.IOException;
import java.io.UncheckedIOException;

import io.github.gracefulboot.socket.SharedListener;
import io.github.gracefulboot.socket.SharedListenerChannel;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * Opens a connector with a listener that exists already, each time it starts.
 *
 * @param shared the listener
 */
record SharedListenerOpener(SharedListener shared) implements LifeCycle.Listener {

	@Override
	public void lifeCycleStarting(LifeCycle connector) {
		try {
			SharedListener listener = this.shared.forStart();
			if (listener != null) {
				((ServerConnector) connector).open(new SharedListenerChannel(listener));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
