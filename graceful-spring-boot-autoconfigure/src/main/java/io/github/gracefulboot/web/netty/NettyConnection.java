package io.github.gracefulboot.web.netty;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.traffic.OpenConnection.State;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServerResponse;

/**
 * The connection of a client, observed at the end of the pipeline that is closest to the
 * socket. Its fields change only on its event loop.
 */
final class NettyConnection extends ChannelDuplexHandler {

	private static final AttributeKey<NettyConnection> KEY = AttributeKey.valueOf(NettyConnection.class, "CONNECTION");

	private final Channel channel;

	private final NettyServerDrain drain;

	private final Set<Connection> requests = ConcurrentHashMap.newKeySet();

	private volatile long lastActivity = System.nanoTime();

	private volatile boolean fresh = true;

	private volatile boolean reading;

	private boolean goingAway;

	NettyConnection(Channel channel, NettyServerDrain drain) {
		this.channel = channel;
		this.drain = drain;
		channel.attr(KEY).set(this);
	}

	/**
	 * Returns the connection of a request.
	 * @param request the request, whose channel is a stream of the connection with HTTP/2
	 * @return the connection
	 */
	static NettyConnection of(Connection request) {
		Channel channel = request.channel();
		NettyConnection connection = channel.attr(KEY).get();
		return (connection != null) ? connection : channel.parent().attr(KEY).get();
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		this.lastActivity = System.nanoTime();
		this.fresh = false;
		this.reading = this.requests.isEmpty();
		context.fireChannelRead(message);
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		this.lastActivity = System.nanoTime();
		context.write(message, promise);
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		this.drain.closed(this);
		context.fireChannelInactive();
	}

	/**
	 * Records a request until it is answered.
	 * @param request the request
	 */
	void received(Connection request) {
		this.reading = false;
		this.requests.add(request);
		request.onTerminate().subscribe(null, (ex) -> answered(request), () -> answered(request));
		if (this.drain.isLeaving()) {
			tellClientToLeave(request);
		}
	}

	private void answered(Connection request) {
		this.lastActivity = System.nanoTime();
		this.requests.remove(request);
	}

	/**
	 * Tells the client to leave with current and future responses. An HTTP/2 client that
	 * has not sent a request yet is told with its first one, which it would otherwise
	 * have to send elsewhere.
	 */
	void tellClientToLeave() {
		this.requests.forEach(this::tellClientToLeave);
		Http2Connection http2 = http2();
		if (http2 != null && http2.remote().lastStreamCreated() > 0) {
			goAway();
		}
	}

	private void tellClientToLeave(Connection request) {
		if (http2() != null) {
			goAway();
		}
		else if (request instanceof HttpServerResponse response && !response.hasSentHeaders()) {
			response.keepAlive(false);
		}
	}

	/**
	 * Sends a GOAWAY frame. Streams that the client opens before it has received the
	 * frame are served.
	 */
	private void goAway() {
		if (!this.goingAway) {
			this.goingAway = true;
			sendGoAway(Integer.MAX_VALUE);
		}
	}

	private void sendGoAway(int streamsToCome) {
		DefaultHttp2GoAwayFrame frame = new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR);
		frame.setExtraStreamIds(streamsToCome);
		this.channel.writeAndFlush(frame);
	}

	private @Nullable Http2Connection http2() {
		Http2FrameCodec codec = this.channel.pipeline().get(Http2FrameCodec.class);
		return (codec != null) ? codec.connection() : null;
	}

	OpenConnection toOpenConnection() {
		return new OpenConnection(this, state(), this.lastActivity);
	}

	private State state() {
		if (this.fresh) {
			return State.FRESH;
		}
		Http2Connection http2 = http2();
		if (!this.requests.isEmpty()) {
			return (http2 == null && isWebSocket()) ? State.UPGRADED : State.BUSY;
		}
		if (http2 == null) {
			return this.reading ? State.READING : State.IDLE;
		}
		if (http2.numActiveStreams() > 0) {
			return State.BUSY;
		}
		return (http2.remote().lastStreamCreated() > 0) ? State.IDLE : State.FRESH;
	}

	private boolean isWebSocket() {
		return this.channel.pipeline().get(NettyPipeline.HttpTrafficHandler) == null;
	}

	/**
	 * Closes the connection if no request is in flight. An HTTP/2 client is told which
	 * stream is the last to be served, so that it can safely repeat later ones.
	 * @return whether no request is in flight
	 */
	boolean closeIfIdle() {
		State state = state();
		if (state == State.BUSY) {
			return false;
		}
		if (!this.requests.isEmpty()) {
			return true;
		}
		if (http2() != null) {
			sendGoAway(0);
		}
		this.channel.close();
		return true;
	}

	Channel channel() {
		return this.channel;
	}

}
