package io.github.gracefulboot.web.netty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

import io.github.gracefulboot.socket.SharedListener;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * Gives Reactor Netty a listener that exists already where it would open one. Without
 * native transports, which know only sockets of their own.
 */
final class SharedListenerLoops implements LoopResources {

	private final LoopResources loops;

	private final SharedListener shared;

	SharedListenerLoops(LoopResources loops, SharedListener shared) {
		this.loops = loops;
		this.shared = shared;
	}

	@Override
	public <CHANNEL extends Channel> CHANNEL onChannel(Class<CHANNEL> type, EventLoopGroup group) {
		SharedListener listener = type.isAssignableFrom(ServerSocketChannel.class) ? listener() : null;
		return (listener != null) ? type.cast(new NettyListener(listener)) : this.loops.onChannel(type, group);
	}

	private @Nullable SharedListener listener() {
		try {
			return this.shared.forStart();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public <CHANNEL extends Channel> Class<? extends CHANNEL> onChannelClass(Class<CHANNEL> type,
			EventLoopGroup group) {
		return this.loops.onChannelClass(type, group);
	}

	@Override
	public EventLoopGroup onServer(boolean useNative) {
		return this.loops.onServer(false);
	}

	@Override
	public EventLoopGroup onServerSelect(boolean useNative) {
		return this.loops.onServerSelect(false);
	}

	@Override
	public EventLoopGroup onClient(boolean useNative) {
		return this.loops.onClient(useNative);
	}

	@Override
	public boolean daemon() {
		return this.loops.daemon();
	}

	@Override
	public void dispose() {
		this.loops.dispose();
	}

	@Override
	public Mono<Void> disposeLater(Duration quietPeriod, Duration timeout) {
		return this.loops.disposeLater(quietPeriod, timeout);
	}

	@Override
	public boolean isDisposed() {
		return this.loops.isDisposed();
	}

}
