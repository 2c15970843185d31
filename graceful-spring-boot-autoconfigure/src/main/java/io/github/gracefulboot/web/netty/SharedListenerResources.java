package io.github.gracefulboot.web.netty;

import io.github.gracefulboot.socket.SharedListener;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.HttpResources;
import reactor.netty.resources.LoopResources;

import org.springframework.http.client.ReactorResourceFactory;

/**
 * The resources that Spring Boot gives to a server which uses a listener that exists
 * already. They are those of the application, which manages them.
 */
final class SharedListenerResources extends ReactorResourceFactory {

	private final @Nullable ReactorResourceFactory resources;

	private final SharedListener shared;

	/**
	 * Creates the resources.
	 * @param resources those of the application, or {@code null} for those of the JVM
	 * @param shared the listener
	 */
	SharedListenerResources(@Nullable ReactorResourceFactory resources, SharedListener shared) {
		this.resources = resources;
		this.shared = shared;
	}

	@Override
	public LoopResources getLoopResources() {
		return new SharedListenerLoops(
				(this.resources != null) ? this.resources.getLoopResources() : HttpResources.get(), this.shared);
	}

}
