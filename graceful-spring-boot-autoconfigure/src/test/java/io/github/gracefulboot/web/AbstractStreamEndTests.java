package io.github.gracefulboot.web;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.github.gracefulboot.Background;
import io.github.gracefulboot.LastEvent;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.StreamFarewell;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.AbstractServerDrainTests.StageLatch;
import io.github.gracefulboot.web.app.StreamLoops;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stops a real server that has endless streams open. What is asked of every server.
 */
@ExtendWith(OutputCaptureExtension.class)
public abstract class AbstractStreamEndTests {

	private static final String FAREWELL = "event: restart\nretry: 2000\ndata: back soon\n\n";

	private static final String WITH_FAREWELL = "--farewell=said";

	protected ConfigurableApplicationContext context;

	private CompletableFuture<Void> closed;

	private Ticks ticks;

	private final Class<?> application;

	private final WebApplicationType type;

	/**
	 * Creates the tests.
	 * @param application an application with the server and {@link Application}, whose
	 * paths each send the ticks, but for {@code /text}, which sends what the test says,
	 * as does {@code /texts/*}, {@code /silent}, which sends nothing, and {@code /flood},
	 * which sends without pause
	 * @param type the type of the application
	 */
	protected AbstractStreamEndTests(Class<?> application, WebApplicationType type) {
		this.application = application;
		this.type = type;
	}

	/**
	 * Returns the paths of the application that stream the ticks.
	 */
	protected abstract List<String> paths();

	/**
	 * Returns the paths of the application whose streams come to an end, with an event
	 * that says {@code last}.
	 */
	protected abstract List<String> finitePaths();

	@AfterEach
	void close() {
		if (this.context != null) {
			this.context.close();
		}
	}

	@Test
	void whenDrainBeginsThenEachStreamEndsBetweenTwoEvents(CapturedOutput output) throws Exception {
		start(WITH_FAREWELL);
		ShutdownSequence shutdown = this.context.getBean(ShutdownSequence.class);
		List<RawClient> clients = new ArrayList<>();
		for (String path : paths()) {
			RawClient client = connect().get(path);
			assertThat(client.untilLine()).as(path).startsWith("HTTP/1.1 200").contains("text/event-stream");
			clients.add(client);
		}
		stopUntil(Stage.RELEASE);
		for (int i = 0; i < clients.size(); i++) {
			try (RawClient client = clients.get(i)) {
				assertThat(afterEvents(client.response())).as(paths().get(i)).isEqualTo(FAREWELL);
				assertThat(client.isClosedByServer()).isTrue();
			}
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
		assertThat(shutdown.finish().cutOff()).isEmpty();
		assertThat(this.ticks.ended).containsAll(paths());
		assertThat(this.ticks.endedLate).isEmpty();
		assertThat(output.getAll()).doesNotContain("ERROR").doesNotContain("\tat ");
	}

	@Test
	void whenThereIsNothingToSayThenTheStreamEndsAfterAnEvent() throws Exception {
		start();
		try (RawClient client = connect().get(paths().get(0))) {
			client.untilLine();
			stopUntil(Stage.RELEASE);
			assertThat(afterEvents(client.response())).isEmpty();
			assertThat(client.isClosedByServer()).isTrue();
		}
	}

	@Test
	void whenFarewellThrowsThenTheStreamEndsWithoutItAndAWarningSaysSo(CapturedOutput output) throws Exception {
		start("--farewell=broken");
		try (RawClient first = connect().get(paths().get(0)); RawClient second = connect().get(paths().get(0))) {
			first.untilLine();
			second.untilLine();
			stopUntil(Stage.RELEASE);
			assertThat(afterEvents(first.response())).isEmpty();
			assertThat(afterEvents(second.response())).isEmpty();
		}
		assertThat(output).containsOnlyOnce("A StreamFarewell failed");
	}

	@Test
	void whenAnEventIsHalfWrittenThenItsRestIsWaitedFor() throws Exception {
		start(WITH_FAREWELL);
		ShutdownSequence shutdown = this.context.getBean(ShutdownSequence.class);
		try (RawClient client = connect().get("/text")) {
			Consumer<String> text = this.ticks.texts.poll(10, TimeUnit.SECONDS);
			text.accept("data: first\n");
			client.until("data: first\n");
			stopUntil(Stage.DRAIN);
			awaitListenerClosed();
			text.accept("data: second\n");
			client.until("data: second\n");
			text.accept("\n");
			assertThat(body(client.response())).isEqualTo("\n" + FAREWELL);
			assertThat(client.isClosedByServer()).isTrue();
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
		assertThat(shutdown.finish().cutOff()).isEmpty();
	}

	@Test
	void whenAnEventStaysHalfWrittenThenItsStreamIsNamed() throws Exception {
		start("--graceful.shutdown.timeout=2s");
		ShutdownSequence shutdown = this.context.getBean(ShutdownSequence.class);
		try (RawClient client = connect().get("/text")) {
			this.ticks.texts.poll(10, TimeUnit.SECONDS).accept("data: first\n");
			client.until("data: first\n");
			stopUntil(Stage.RELEASE);
			assertThat(shutdown.finish().cutOff()).singleElement().asString().startsWith("GET /text");
		}
	}

	@Test
	void whenNoEventCameYetThenTheStreamEndsToo() throws Exception {
		start(WITH_FAREWELL);
		try (RawClient client = connect()
			.send("GET /silent HTTP/1.1\nHost: localhost\nAccept: text/event-stream\n\n")) {
			awaitOpenStreams(1);
			stopUntil(Stage.RELEASE);
			String response = client.response();
			assertThat(response).startsWith("HTTP/1.1 200").contains("text/event-stream");
			assertThat(response.substring(response.indexOf("\r\n\r\n") + 4)).contains(FAREWELL);
		}
	}

	@Test
	void whenClientDoesNotReadThenOthersEndAndItsStreamIsNamed() throws Exception {
		start(WITH_FAREWELL, "--graceful.shutdown.timeout=3s");
		ShutdownSequence shutdown = this.context.getBean(ShutdownSequence.class);
		try (RawClient stuck = connect().get("/flood"); RawClient client = connect().get(paths().get(0))) {
			client.untilLine();
			awaitStuck();
			stopUntil(Stage.DRAIN);
			assertThat(body(client.response())).endsWith(FAREWELL);
			assertThat(shutdown.getStage()).isEqualTo(Stage.DRAIN);
			assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
			assertThat(shutdown.finish().cutOff()).first().asString().startsWith("GET /flood");
		}
	}

	@Test
	void whileDrainingThenAStreamThatIsBegunEndsAtOnce() throws Exception {
		start(WITH_FAREWELL);
		try (RawClient holding = connect().get("/text"); RawClient late = connect()) {
			Consumer<String> text = this.ticks.texts.poll(10, TimeUnit.SECONDS);
			text.accept("data: first\n");
			assertThat(late.get("/fast").response()).endsWith("done");
			stopUntil(Stage.DRAIN);
			awaitListenerClosed();
			late.get(paths().get(0));
			assertThat(late.response()).startsWith("HTTP/1.1 200").contains("text/event-stream").contains(FAREWELL);
			assertThat(late.isClosedByServer()).isTrue();
			text.accept("\n");
			assertThat(body(holding.response())).endsWith(FAREWELL);
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	void whenStreamsAreWaitedForThenTheyEndShortlyBeforeTheDrainDoes() throws Exception {
		start(WITH_FAREWELL, "--graceful.drain.streams=wait", "--graceful.shutdown.timeout=3s");
		ShutdownSequence shutdown = this.context.getBean(ShutdownSequence.class);
		try (RawClient client = connect().get(paths().get(0))) {
			client.untilLine();
			stopUntil(Stage.DRAIN);
			awaitListenerClosed();
			int last = this.ticks.number;
			client.until((last + 5) + "\n\n");
			assertThat(shutdown.getStage()).isEqualTo(Stage.DRAIN);
			assertThat(afterEvents(client.response())).isEqualTo(FAREWELL);
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
		assertThat(shutdown.finish().cutOff()).isEmpty();
	}

	@Test
	void whileLameDuckThenStreamsAreBusyAndDoNotHoldIt() throws Exception {
		start("--graceful.lame-duck.quiet-period=8s");
		try (RawClient client = connect().get(paths().get(0))) {
			client.untilLine();
			Awaitility.await()
				.untilAsserted(() -> assertThat(this.context.getBean(Traffic.class).openConnections()).singleElement()
					.extracting(OpenConnection::state)
					.isEqualTo(OpenConnection.State.BUSY));
			stopUntil(Stage.DRAIN);
			assertThat(afterEvents(client.response())).isEmpty();
		}
	}

	@Test
	void whenStreamsOfAnEndpointHaveEndedByThemselvesThenTheNextIsWaitedFor(CapturedOutput output) throws Exception {
		start(WITH_FAREWELL);
		for (String name : List.of("1", "2")) {
			try (RawClient client = connect().get("/texts/" + name)) {
				Consumer<String> text = this.ticks.texts.poll(10, TimeUnit.SECONDS);
				text.accept("data: first\n\n");
				text.accept("");
				assertThat(content(client.response())).isEqualTo("data: first\n\n");
			}
		}
		try (RawClient client = connect().get("/texts/3"); RawClient feed = connect().get(paths().get(0))) {
			Consumer<String> text = this.ticks.texts.poll(10, TimeUnit.SECONDS);
			text.accept("data: first\n\n");
			feed.untilLine();
			stopUntil(Stage.DRAIN);
			assertThat(afterEvents(feed.response())).isEqualTo(FAREWELL);
			text.accept("data: second\n\n");
			text.accept("");
			assertThat(content(client.response())).isEqualTo("data: first\n\ndata: second\n\n");
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
		assertThat(output).containsOnlyOnce("Ending streams of GET " + paths().get(0) + ",")
			.doesNotContain("Ending streams of GET /texts");
	}

	@Test
	void whenClientsHaveLeftAnEndpointThenItsStreamsEnd() throws Exception {
		start(WITH_FAREWELL);
		try (RawClient client = connect().get("/texts/1")) {
			Consumer<String> text = this.ticks.texts.poll(10, TimeUnit.SECONDS);
			text.accept("data: first\n\n");
			text.accept("");
			assertThat(content(client.response())).isEqualTo("data: first\n\n");
		}
		try (RawClient client = connect().get("/texts/2")) {
			Consumer<String> text = this.ticks.texts.poll(10, TimeUnit.SECONDS);
			text.accept("data: first\n\n");
			client.until("data: first\n\n");
			client.close();
			awaitEndOfStreams(text);
		}
		try (RawClient client = connect().get("/texts/3")) {
			this.ticks.texts.poll(10, TimeUnit.SECONDS).accept("data: first\n\n");
			client.until("data: first\n\n");
			stopUntil(Stage.RELEASE);
			assertThat(body(client.response())).isEqualTo(FAREWELL);
		}
	}

	@Test
	void whenTheFirstStreamOfAnEndpointComesToAnEndThenItIsWaitedFor() throws Exception {
		start(WITH_FAREWELL);
		List<RawClient> clients = new ArrayList<>();
		StreamLoops.hold();
		try (RawClient feed = connect().get(paths().get(0))) {
			for (String path : finitePaths()) {
				RawClient client = connect().get(path);
				client.headers();
				clients.add(client);
			}
			StreamLoops.begin();
			for (RawClient client : clients) {
				client.until("0\n\n");
			}
			stopUntil(Stage.DRAIN);
			assertThat(afterEvents(feed.response())).contains(FAREWELL);
		}
		StreamLoops.goOn();
		for (int i = 0; i < clients.size(); i++) {
			try (RawClient client = clients.get(i)) {
				assertThat(client.response()).as(finitePaths().get(i)).contains("last").doesNotContain("restart");
			}
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	void whenStreamAnswersAPostThenItIsWaitedFor() throws Exception {
		start(WITH_FAREWELL);
		try (RawClient client = connect().send("POST /text HTTP/1.1\nHost: localhost\nContent-Length: 0\n\n")) {
			Consumer<String> text = this.ticks.texts.poll(10, TimeUnit.SECONDS);
			text.accept("data: first\n\n");
			stopUntil(Stage.DRAIN);
			awaitListenerClosed();
			text.accept("data: second\n\n");
			client.until("data: second\n\n");
			text.accept("");
			assertThat(body(client.response())).isEmpty();
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
	}

	protected void start(String... args) {
		SpringApplication application = new SpringApplication(this.application);
		application.setWebApplicationType(this.type);
		application.setDefaultProperties(Map.of("server.port", "0", "management.endpoints.web.exposure.include", "info",
				"graceful.lame-duck.quiet-period", "100ms", "graceful.shutdown.exit-codes", "false",
				"graceful.shutdown.force-exit", "false", "spring.mvc.async.request-timeout", "0"));
		this.context = application.run(args);
		this.ticks = this.context.getBean(Ticks.class);
	}

	protected RawClient connect() throws IOException {
		return new RawClient(((WebServerApplicationContext) this.context).getWebServer().getPort());
	}

	protected void stopUntil(Stage stage) throws InterruptedException {
		StageLatch latch = this.context.getBean(StageLatch.class);
		this.closed = Background.run(this.context::close);
		latch.await(stage);
	}

	private void awaitListenerClosed() {
		Awaitility.await().until(() -> {
			try (RawClient client = connect()) {
				return false;
			}
			catch (IOException | IllegalArgumentException ex) {
				return true;
			}
		});
	}

	private void awaitOpenStreams(int count) {
		Awaitility.await().until(() -> this.context.getBean(InFlightRequests.class).toTasks().size() == count);
	}

	/*
	 * A server may hear only with a write that its client has left.
	 */
	private void awaitEndOfStreams(Consumer<String> text) {
		AtomicBoolean left = new AtomicBoolean();
		Awaitility.await().until(() -> {
			try {
				if (!left.get()) {
					text.accept("data: more\n\n");
				}
			}
			catch (RuntimeException ex) {
				left.set(true);
			}
			return this.context.getBean(InFlightRequests.class).isEmpty();
		});
	}

	private void awaitStuck() {
		Awaitility.await().until(() -> {
			int before = this.ticks.flooded;
			TimeUnit.MILLISECONDS.sleep(200);
			return before > 0 && before == this.ticks.flooded;
		});
	}

	/*
	 * Takes chunks apart that may have begun before.
	 */
	private static String body(String response) {
		assertThat(response).endsWith("0\r\n\r\n");
		return response.replaceAll("(^|\r\n)[0-9a-fA-F]+\r\n", "").replaceAll("\r\n", "");
	}

	private static String content(String response) {
		return body(response.substring(response.indexOf("\r\n\r\n") + 4));
	}

	/*
	 * Returns what follows the events, the first of which may have begun before.
	 */
	private static String afterEvents(String response) {
		return body(response).replaceFirst("^\n+", "").replaceAll("(id:\\d+\n)?data: ?\\d+\n\n", "");
	}

	/**
	 * What the application of each server is made of.
	 */
	public static class Application {

		@Bean
		StageLatch stageLatch() {
			return new StageLatch();
		}

		@Bean
		Ticks ticks() {
			return new Ticks();
		}

		@Bean
		@ConditionalOnProperty(name = "farewell", havingValue = "said")
		StreamFarewell farewell() {
			return (method, path) -> new LastEvent("restart", "back soon", Duration.ofSeconds(2));
		}

		@Bean
		@ConditionalOnProperty(name = "farewell", havingValue = "broken")
		StreamFarewell brokenFarewell() {
			return (method, path) -> {
				throw new IllegalStateException("broken");
			};
		}

	}

	/**
	 * Counts for those who listen, and hears of their end.
	 */
	public static class Ticks implements DisposableBean {

		private final List<Listener> listeners = new CopyOnWriteArrayList<>();

		private final BlockingQueue<Consumer<String>> texts = new LinkedBlockingQueue<>();

		private final Queue<String> ended = new ConcurrentLinkedQueue<>();

		private final Queue<String> endedLate = new ConcurrentLinkedQueue<>();

		private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();

		private volatile int number;

		private volatile int flooded;

		private volatile boolean destroyed;

		Ticks() {
			this.executor.scheduleAtFixedRate(this::tick, 10, 10, TimeUnit.MILLISECONDS);
		}

		private void tick() {
			this.number++;
			for (Listener listener : this.listeners) {
				try {
					listener.tick(this.number);
				}
				catch (IOException | RuntimeException ex) {
					this.listeners.remove(listener);
				}
			}
		}

		/**
		 * Adds a listener, until it throws.
		 */
		public void listen(Listener listener) {
			this.listeners.add(listener);
		}

		/**
		 * Lets the test say what to send.
		 */
		public void say(Consumer<String> text) {
			this.texts.add(text);
		}

		public void ended(String path) {
			(this.destroyed ? this.endedLate : this.ended).add(path);
		}

		public void flooded() {
			this.flooded++;
		}

		@Override
		public void destroy() {
			this.destroyed = true;
			this.executor.shutdownNow();
		}

	}

	/**
	 * Hears the ticks.
	 */
	@FunctionalInterface
	public interface Listener {

		void tick(int number) throws IOException;

	}

}
