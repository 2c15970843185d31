package io.github.gracefulboot.web.servlet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

import io.github.gracefulboot.traffic.Client;
import io.github.gracefulboot.traffic.Peer;
import io.github.gracefulboot.traffic.ReadinessProbes;
import io.github.gracefulboot.traffic.ReadinessProbes.Kind;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.InFlightRequest;
import io.github.gracefulboot.web.InFlightRequests;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * Tracks each request from the moment it reaches the application until it is answered,
 * also when that happens asynchronously, reports readiness probes together with their
 * response, and refuses what comes too late.
 */
final class InFlightFilter implements Filter {

	private static final String REQUEST_ATTRIBUTE = InFlightFilter.class.getName() + ".REQUEST";

	private final InFlightRequests requests;

	private final Traffic traffic;

	private final ReadinessProbes probes;

	private final ServletStreams streams;

	private final boolean managementPort;

	InFlightFilter(InFlightRequests requests, Traffic traffic, ReadinessProbes probes, ServletStreams streams,
			boolean managementPort) {
		this.requests = requests;
		this.traffic = traffic;
		this.probes = probes;
		this.streams = streams;
		this.managementPort = managementPort;
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		if (request.getAttribute(REQUEST_ATTRIBUTE) instanceof Account account) {
			doFilterAgain(account, request, response, chain);
		}
		else {
			doFilterFirst((HttpServletRequest) request, (HttpServletResponse) response, chain);
		}
	}

	private void doFilterFirst(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		Kind kind = this.probes.classify(request.getMethod(), path(request), this.managementPort);
		if (kind == Kind.TRAFFIC) {
			this.traffic.requestCame(() -> Peer.of(address(request), (header) -> request.getHeader(header) != null));
			if (this.requests.refuses(request.getMethod(), request.getRequestURI(),
					() -> request.getHeader("Upgrade"))) {
				refuse(request, response);
				return;
			}
		}
		if (kind == Kind.REFUSED || kind == Kind.ACCEPTED) {
			boolean accepted = kind == Kind.ACCEPTED;
			answerReadiness(response, accepted);
			this.traffic.probeAnswered(client(request), accepted);
			return;
		}
		InFlightRequest inFlight = this.requests.begin(request.getMethod(), request.getRequestURI());
		Account account = null;
		int status = HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
		try {
			StreamableResponse streamable = (kind != Kind.READINESS
					&& this.streams.endless().mayAnswer(request.getMethod()))
							? new StreamableResponse(request, response, this.streams) : null;
			account = new Account(inFlight, (kind == Kind.READINESS) ? client(request) : null, streamable);
			request.setAttribute(REQUEST_ATTRIBUTE, account);
			doFilter(request, response, streamable, chain);
			status = response.getStatus();
		}
		finally {
			if (account == null) {
				// Such as for want of memory
				this.requests.end(inFlight);
			}
			else if (request.isAsyncStarted()) {
				inFlight.runsOn(null);
				request.getAsyncContext().addListener(account, request, response);
				account.wentAsynchronous();
			}
			else {
				account.finish();
				account.close(status);
			}
		}
	}

	private static void doFilter(HttpServletRequest request, HttpServletResponse response,
			@Nullable StreamableResponse streamable, FilterChain chain) throws IOException, ServletException {
		if (streamable == null) {
			chain.doFilter(request, response);
			return;
		}
		try {
			chain.doFilter(new StreamableRequest(request, streamable), streamable);
		}
		catch (IOException | ServletException | RuntimeException ex) {
			if (!streamable.isEndedBy(ex)) {
				throw ex;
			}
		}
	}

	private static void doFilterAgain(Account account, ServletRequest request, ServletResponse response,
			FilterChain chain) throws IOException, ServletException {
		account.inFlight.runsOn(Thread.currentThread());
		try {
			chain.doFilter(request, response);
		}
		finally {
			account.inFlight.runsOn(null);
			if (!request.isAsyncStarted()) {
				account.finish();
			}
		}
	}

	private static void refuse(HttpServletRequest request, HttpServletResponse response) {
		response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
		response.setContentLength(0);
		response.setHeader("Retry-After", InFlightRequests.RETRY_AFTER);
		if (request.getProtocol().startsWith("HTTP/1")) {
			response.setHeader("Connection", "close");
		}
	}

	private static void answerReadiness(HttpServletResponse response, boolean accepted) throws IOException {
		String text = accepted ? ReadinessProbes.ACCEPTANCE : ReadinessProbes.REFUSAL;
		byte[] body = text.getBytes(StandardCharsets.UTF_8);
		response.setStatus(accepted ? HttpServletResponse.SC_OK : HttpServletResponse.SC_SERVICE_UNAVAILABLE);
		response.setContentType("application/json");
		response.setContentLength(body.length);
		response.getOutputStream().write(body);
	}

	private static String path(HttpServletRequest request) {
		String pathInfo = request.getPathInfo();
		return (pathInfo != null) ? pathInfo : request.getServletPath();
	}

	private static Client client(HttpServletRequest request) {
		return new Client(address(request), request.getHeader("User-Agent"));
	}

	/**
	 * Returns the address of the client, which a Unix domain socket has none of.
	 */
	private static String address(HttpServletRequest request) {
		return Objects.requireNonNullElse(request.getRemoteAddr(), "");
	}

	/**
	 * The account of one request, closed when it is answered.
	 */
	private final class Account implements AsyncListener {

		private final InFlightRequest inFlight;

		private final @Nullable Client prober;

		private final @Nullable StreamableResponse streamable;

		private Account(InFlightRequest inFlight, @Nullable Client prober, @Nullable StreamableResponse streamable) {
			this.inFlight = inFlight;
			this.prober = prober;
			this.streamable = streamable;
		}

		private void wentAsynchronous() {
			if (this.streamable != null) {
				this.streamable.completeIfEnded();
			}
		}

		private void finish() {
			if (this.streamable != null) {
				this.streamable.finish();
			}
		}

		private void detach() {
			if (this.streamable != null) {
				this.streamable.detach();
			}
		}

		private void fail() {
			if (this.streamable != null) {
				this.streamable.fail();
			}
			detach();
		}

		private void close(int status) {
			detach();
			if (this.prober != null) {
				InFlightFilter.this.traffic.probeAnswered(this.prober, status >= 200 && status < 400);
			}
			InFlightFilter.this.requests.end(this.inFlight);
			if (this.streamable != null) {
				this.streamable.requestEnded();
			}
		}

		@Override
		public void onComplete(AsyncEvent event) {
			ServletResponse response = event.getSuppliedResponse();
			close((response instanceof HttpServletResponse http) ? http.getStatus() : HttpServletResponse.SC_OK);
		}

		@Override
		public void onTimeout(AsyncEvent event) {
			fail();
		}

		@Override
		public void onError(AsyncEvent event) {
			fail();
		}

		@Override
		public void onStartAsync(AsyncEvent event) {
			event.getAsyncContext().addListener(this, event.getSuppliedRequest(), event.getSuppliedResponse());
		}

	}

}
