package io.github.gracefulboot.background;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.step.StepMeterRegistry;
import io.micrometer.core.instrument.step.StepRegistryConfig;
import kotlinx.coroutines.ParkedCoroutine;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ThreadWatch}, with real threads. The application is this class.
 */
class ThreadWatchTests {

	private static final Duration LONG = Duration.ofMinutes(10);

	private static long longMillis = LONG.toMillis();

	private static final String NAME = ThreadWatchTests.class.getName();

	private static final Thread NOBODY = new Thread();

	private final List<Thread> threads = new ArrayList<>();

	private final ExecutorService executor = Executors.newSingleThreadExecutor();

	private final AtomicBoolean end = new AtomicBoolean();

	private final AtomicInteger rounds = new AtomicInteger();

	private volatile long now;

	private volatile Duration pause = Duration.ofMillis(20);

	private Thread main = NOBODY;

	@BeforeAll
	static void bePatient() {
		Awaitility.setDefaultTimeout(Duration.ofMinutes(1));
	}

	@AfterAll
	static void reset() {
		Awaitility.reset();
	}

	@AfterEach
	void endThreads() throws InterruptedException {
		this.end.set(true);
		this.executor.shutdownNow();
		for (Thread thread : this.threads) {
			thread.interrupt();
			thread.join(10_000);
		}
	}

	static Stream<Arguments> waitingForWork() {
		return Stream.of(task("take", () -> new LinkedBlockingQueue<>().take()),
				task("poll", () -> new LinkedBlockingQueue<>().poll(10, TimeUnit.MINUTES)),
				task("handed over", () -> new SynchronousQueue<>().take()),
				task("transferred", () -> new LinkedTransferQueue<>().take()),
				task("select", () -> Selector.open().select()),
				task("select with a timeout", () -> Selector.open().select(LONG.toMillis())),
				task("accept of a channel", () -> ServerSocketChannel.open().bind(null).accept()),
				task("watch service", () -> FileSystems.getDefault().newWatchService().take()),
				task("latch", () -> new CountDownLatch(1).await()),
				task("join itself", () -> Thread.currentThread().join()), task("park", () -> LockSupport.park()),
				task("wait", ThreadWatchTests::waitForNotification),
				task("condition", ThreadWatchTests::waitForCondition));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("waitingForWork")
	void whenThreadWaitsForSomethingToComeThenItIsNotAtWork(String name, Task task) {
		ThreadWatch watch = watch();
		Thread thread = start(task);
		awaitWaiting(thread);
		assertThat(find(watch, thread)).isNull();
	}

	static Stream<Arguments> working() {
		return Stream.of(task("sleep", () -> Thread.sleep(LONG.toMillis())),
				task("sleep of a unit", () -> TimeUnit.DAYS.sleep(1)),
				task("wait for a while", () -> new CountDownLatch(1).await(1, TimeUnit.DAYS)),
				task("result", () -> new FutureTask<>(() -> "").get()),
				task("result of a stage", () -> new CompletableFuture<>().get()),
				task("block", () -> Mono.never().block()),
				task("sleep after a constant", ThreadWatchTests::sleepAfterAConstant),
				task("child process", () -> new ProcessBuilder("sleep", "600").start().waitFor()),
				task("lock", ThreadWatchTests::lockTwice), task("read", ThreadWatchTests::readFromSilentPeer));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("working")
	void whenThreadIsAmidItsWorkThenItIsAtWork(String name, Task task) {
		ThreadWatch watch = watch();
		Thread thread = start(task);
		awaitWork(watch, thread);
		assertThat(find(watch, thread)).isNotNull()
			.satisfies((atWork) -> assertThat(atWork.place()).isEqualTo(Place.OTHER));
	}

	@Test
	void whenThreadComputesThenItIsNamedByTheApplicationsMethod() {
		ThreadWatch watch = watch();
		Thread thread = start(this::compute);
		awaitWork(watch, thread);
		assertThat(find(watch, thread).task()).startsWith(NAME);
	}

	@Test
	void whenOnlyLibrariesAreAtWorkThenThatIsNoConcern() {
		ThreadWatch watch = new ThreadWatch((name) -> name.startsWith("com.example."), (name) -> false, NOBODY,
				() -> this.now);
		start(this::compute);
		assertThat(watch.look()).noneMatch((atWork) -> this.threads.contains(atWork.thread()));
	}

	@Test
	void whenThreadIsExcludedThenItIsNotLookedAt() {
		ThreadWatch watch = new ThreadWatch((name) -> name.startsWith(NAME), "excluded"::equals, NOBODY,
				() -> this.now);
		Thread thread = start(() -> {
			Thread.currentThread().setName("excluded");
			compute();
		});
		Awaitility.await().until(() -> thread.getName().equals("excluded"));
		assertThat(find(watch, thread)).isNull();
	}

	@Test
	void whenTaskRunsInTheCommonPoolThenItIsAwaited() {
		ThreadWatch watch = watch();
		ForkJoinPool.commonPool().execute(this::compute);
		awaitPlace(watch, Place.COMMON_POOL);
		this.end.set(true);
		awaitNothing(watch);
	}

	@Test
	void whenCompletableFutureHasStartedAThreadThenItIsAwaited() {
		ThreadWatch watch = watch();
		CompletableFuture.completedFuture("").thenRunAsync(this::compute, (task) -> new Thread(task).start());
		awaitPlace(watch, Place.TASK);
		this.end.set(true);
		awaitNothing(watch);
	}

	@Test
	void whenTaskIsRunAsynchronouslyThenItIsAwaitedWhereverItRuns() {
		ThreadWatch watch = watch();
		CompletableFuture.runAsync(this::compute);
		Awaitility.await().until(() -> watch.look().stream().anyMatch((atWork) -> atWork.place().isAwaited()));
	}

	static Stream<Arguments> schedulers() {
		return Stream.of(Arguments.of("boundedElastic", Schedulers.boundedElastic()),
				Arguments.of("parallel", Schedulers.parallel()), Arguments.of("single", Schedulers.single()));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("schedulers")
	void whenTaskRunsInASharedSchedulerThenItIsAwaited(String name, Scheduler scheduler) {
		ThreadWatch watch = watch();
		Mono.fromRunnable(this::compute).subscribeOn(scheduler).subscribe();
		awaitPlace(watch, Place.REACTOR);
		this.end.set(true);
		awaitNothing(watch);
	}

	@Test
	void whenReactorRunsSomethingAgainAndAgainThenThatIsNotAwaited() {
		ThreadWatch watch = watch();
		CountDownLatch running = new CountDownLatch(2);
		Disposable interval = Flux.interval(Duration.ofMillis(10)).subscribe((tick) -> {
			running.countDown();
			compute();
		});
		Disposable periodic = Schedulers.boundedElastic().schedulePeriodically(() -> {
			running.countDown();
			compute();
		}, 0, 10, TimeUnit.MILLISECONDS);
		Awaitility.await().until(() -> running.getCount() == 0);
		assertThat(watch.look()).hasSize(2).extracting(ThreadAtWork::place).containsOnly(Place.OTHER);
		interval.dispose();
		periodic.dispose();
	}

	@Test
	void whenThreadHasBeenAtItSinceTheStartThenItIsALoop() {
		ThreadWatch watch = watch();
		Thread working = start(this::compute);
		Thread sleeping = start(() -> Thread.sleep(LONG.toMillis()));
		awaitWork(watch, working);
		awaitWork(watch, sleeping);
		// May have no stack yet
		start(this::compute);
		ready(watch);
		assertThat(watch.look()).noneMatch((atWork) -> this.threads.contains(atWork.thread()));
	}

	@Test
	void whenPoolRunsALoopSinceTheStartThenItIsNotAwaited() {
		ThreadWatch watch = watch();
		ForkJoinPool.commonPool().execute(this::compute);
		Schedulers.boundedElastic().schedule(this::compute);
		awaitPlace(watch, Place.COMMON_POOL);
		awaitPlace(watch, Place.REACTOR);
		ready(watch);
		Awaitility.await().until(() -> watch.look().isEmpty());
	}

	@Test
	void whenConsumerWaitedAtTheStartThenWhatItConsumesLaterIsWork() {
		ThreadWatch watch = watch();
		BlockingQueue<String> queue = new LinkedBlockingQueue<>();
		Thread consumer = start(() -> {
			queue.take();
			compute();
		});
		awaitWaiting(consumer);
		ready(watch);
		assertThat(find(watch, consumer)).isNull();
		queue.add("item");
		awaitWork(watch, consumer);
	}

	@Test
	void whenThreadPausedWhenReadyThenWhatItDoesAfterThePauseIsWork() {
		ThreadWatch watch = watch();
		Thread flusher = start(() -> {
			LockSupport.park();
			while (!this.end.get()) {
				LockSupport.parkNanos(LONG.toNanos());
				compute();
			}
		});
		awaitWaiting(flusher);
		LockSupport.unpark(flusher);
		Awaitility.await().until(() -> flusher.getState() == Thread.State.TIMED_WAITING);
		ready(watch);
		assertThat(find(watch, flusher)).isNull();
		assertThat(watch.isAtLoop(flusher)).isTrue();
		LockSupport.unpark(flusher);
		awaitWork(watch, flusher);
		assertThat(watch.isAtLoop(flusher)).isFalse();
	}

	@Test
	void whenThreadWaitsForSomethingToComeAsItDidWhenReadyThenItIsAtItsLoop() {
		ThreadWatch watch = watch();
		BlockingQueue<String> queue = new LinkedBlockingQueue<>();
		Thread consumer = start(() -> {
			while (!queue.take().isEmpty()) {
				new CountDownLatch(1).await();
			}
		});
		awaitWaiting(consumer);
		ready(watch);
		Thread later = start(() -> new LinkedBlockingQueue<>().take());
		awaitWaiting(later);
		assertThat(watch.isAtLoop(consumer)).isTrue();
		assertThat(watch.isAtLoop(later)).isFalse();
		queue.add("item");
		Awaitility.await()
			.until(() -> queue.isEmpty() && consumer.getState() == Thread.State.WAITING
					&& Stream.of(consumer.getStackTrace()).anyMatch((frame) -> frame.getClassName().endsWith("Latch")));
		assertThat(watch.isAtLoop(consumer)).isFalse();
	}

	@Test
	void whenSchedulerRepeatsATaskThenEachRoundIsWork() {
		ThreadWatch watch = watch();
		AtomicInteger begun = new AtomicInteger();
		ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1, (task) -> thread(task::run));
		scheduler.scheduleWithFixedDelay(() -> {
			begun.incrementAndGet();
			LockSupport.parkNanos(LONG.toNanos());
		}, 0, 1, TimeUnit.NANOSECONDS);
		Thread thread = this.threads.get(0);
		awaitWaiting(thread);
		ready(watch);
		LockSupport.unpark(thread);
		Awaitility.await().until(() -> begun.get() > 1);
		awaitWork(watch, thread);
		assertThat(watch.isAtLoop(thread)).isFalse();
		scheduler.shutdownNow();
	}

	@Test
	void whenSchedulerRepeatsAWaitForSomethingToComeThenThatIsALoop() {
		ThreadWatch watch = watch();
		BlockingQueue<String> queue = new LinkedBlockingQueue<>();
		ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1, (task) -> thread(task::run));
		scheduler.scheduleWithFixedDelay(() -> take(queue), 0, 1, TimeUnit.NANOSECONDS);
		Thread thread = this.threads.get(0);
		awaitWaiting(thread);
		ready(watch);
		queue.add("item");
		Awaitility.await().until(queue::isEmpty);
		Awaitility.await().until(() -> watch.isAtLoop(thread));
		assertThat(find(watch, thread)).isNull();
		scheduler.shutdownNow();
	}

	private static void take(BlockingQueue<String> queue) {
		try {
			queue.take();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void whenThreadIsFoundAtAnotherTaskThenWhatItDidWhenReadyIsForgotten() {
		ThreadWatch watch = watch();
		BlockingQueue<String> queue = new LinkedBlockingQueue<>();
		AtomicBoolean first = new AtomicBoolean(true);
		Thread worker = start(() -> {
			while (!this.end.get()) {
				while (first.get()) {
					Thread.onSpinWait();
				}
				queue.take();
				compute();
			}
		});
		awaitWork(watch, worker);
		ready(watch);
		assertThat(find(watch, worker)).isNull();
		first.set(false);
		awaitWaiting(worker);
		watch.forgetEnded();
		assertThat(find(watch, worker)).isNull();
		queue.add("item");
		awaitWork(watch, worker);
	}

	@Test
	void whenThreadHasReadSinceReadyThenWhatItDoesWithWhatCameIsWork() throws Exception {
		ThreadWatch watch = watch();
		try (ServerSocketChannel server = ServerSocketChannel.open().bind(null);
				SocketChannel peer = SocketChannel.open(server.getLocalAddress());
				SocketChannel accepted = server.accept()) {
			InputStream in = accepted.socket().getInputStream();
			Thread consumer = start(() -> {
				while (!this.end.get()) {
					in.read();
					compute();
				}
			});
			awaitWork(watch, consumer);
			awaitRead(consumer);
			ready(watch);
			assertThat(find(watch, consumer)).isNull();
			peer.write(ByteBuffer.allocate(1));
			awaitWork(watch, consumer);
			this.end.set(true);
		}
	}

	@Test
	void whenThreadIsSeenElsewhereInItsLoopAMomentAfterReadyThenThatIsNoWorkEither() {
		ThreadWatch watch = watch();
		AtomicBoolean first = new AtomicBoolean(true);
		Thread loop = start(() -> {
			while (!this.end.get()) {
				while (first.get()) {
					Thread.onSpinWait();
				}
				spin();
			}
		});
		awaitWork(watch, loop);
		ready(watch);
		first.set(false);
		awaitWork(watch, loop);
		watch.forgetEnded();
		assertThat(find(watch, loop)).isNull();
	}

	private void spin() {
		while (!this.end.get()) {
			Thread.onSpinWait();
		}
	}

	@Test
	void whenThreadReadsLinesSinceReadyThenItIsAtWorkForAsLongAsSomeCome() throws Exception {
		ThreadWatch watch = watch();
		try (ServerSocketChannel server = ServerSocketChannel.open().bind(null);
				SocketChannel peer = SocketChannel.open(server.getLocalAddress());
				SocketChannel accepted = server.accept()) {
			BufferedReader reader = new BufferedReader(new InputStreamReader(accepted.socket().getInputStream()));
			Thread importer = start(() -> {
				while (reader.readLine() != null) {
					this.rounds.incrementAndGet();
				}
			});
			awaitWork(watch, importer);
			awaitRead(importer);
			ready(watch);
			Awaitility.await().until(() -> find(watch, importer) == null);
			Thread feeder = start(() -> {
				while (!this.end.get()) {
					peer.write(ByteBuffer.wrap(new byte[] { '\n' }));
				}
			});
			Awaitility.await().until(() -> this.rounds.get() > 1000);
			awaitWork(watch, importer);
			this.end.set(true);
			feeder.join();
			Awaitility.await().until(() -> find(watch, importer) == null);
		}
	}

	@Test
	void whenThreadWasCreatedBeforeReadyAndStartedLaterThenItIsAtWork() {
		ThreadWatch watch = watch();
		Thread thread = thread(() -> Thread.sleep(LONG.toMillis()));
		ready(watch);
		thread.start();
		awaitWork(watch, thread);
	}

	@Test
	void whenARegistryPublishesItsMetersThenItIsLeftToTheLastExport() {
		ThreadWatch watch = watch();
		ready(watch);
		CountDownLatch publishing = new CountDownLatch(1);
		StepRegistryConfig config = new StepRegistryConfig() {

			@Override
			public String prefix() {
				return "often";
			}

			@Override
			public @Nullable String get(String key) {
				return key.equals("often.step") ? "10ms" : null;
			}

		};
		StepMeterRegistry registry = new StepMeterRegistry(config, Clock.SYSTEM) {

			@Override
			protected void publish() {
				publishing.countDown();
				compute();
			}

			@Override
			protected TimeUnit getBaseTimeUnit() {
				return TimeUnit.SECONDS;
			}

		};
		registry.start((task) -> thread(task::run));
		Awaitility.await().until(() -> publishing.getCount() == 0);
		assertThat(watch.look()).isEmpty();
		this.end.set(true);
		registry.close();
	}

	@Test
	void whenThreadPausesBeforeItTriesAgainThenItIsALoop() {
		ThreadWatch watch = watch();
		ready(watch);
		Thread consumer = start(() -> {
			while (!this.end.get()) {
				try {
					readFromNobody();
				}
				catch (IOException ex) {
					LockSupport.parkNanos(this.pause.toNanos());
				}
			}
		});
		Awaitility.await()
			.until(() -> watch.look().stream().anyMatch((atWork) -> atWork.thread() == consumer && atWork.loop()));
	}

	private static void readFromNobody() throws IOException {
		throw new IOException("Connection refused");
	}

	@Test
	void whenThreadWaitsForTheNextElementThenItIsNotAtWorkAsLongAsNoneComes() {
		ThreadWatch watch = watch();
		BlockingQueue<Integer> elements = new LinkedBlockingQueue<>(List.of(1));
		Thread consumer = start(() -> {
			for (Integer element : Flux.<Integer>never().startWith(elements.take()).toIterable()) {
				this.rounds.addAndGet(element);
			}
		});
		Awaitility.await().until(() -> this.rounds.get() == 1);
		awaitWaiting(consumer);
		ready(watch);
		Awaitility.await().until(() -> find(watch, consumer) == null);
	}

	@Test
	void whenLibraryWaitsForResponsesThenThatIsNoLoop() {
		ThreadWatch watch = watch();
		ready(watch);
		Thread thread = start(() -> {
			while (!this.end.get()) {
				Mono.delay(Duration.ofMillis(2)).block(LONG);
				this.rounds.incrementAndGet();
			}
		});
		Awaitility.await().until(() -> this.rounds.get() > 20);
		awaitWork(watch, thread);
		assertThat(watch.look()).noneMatch(ThreadAtWork::loop);
	}

	@Test
	void whenThreadWaitsForAConnectionThenItIsAtWork() throws Exception {
		ThreadWatch watch = watch();
		ready(watch);
		try (HikariDataSource pool = new HikariDataSource()) {
			pool.setJdbcUrl("jdbc:h2:mem:waiting");
			pool.setMaximumPoolSize(1);
			try (Connection connection = pool.getConnection()) {
				assertThat(connection.isValid(1)).isTrue();
				Thread thread = start(pool::getConnection);
				awaitWaiting(thread);
				assertThat(find(watch, thread)).isNotNull();
			}
		}
	}

	@Test
	void whenThreadComesBackToTheSamePauseThenItIsALoop() {
		ThreadWatch watch = watch();
		ready(watch);
		Thread thread = start(this::loop);
		Awaitility.await()
			.until(() -> watch.look().stream().anyMatch((atWork) -> atWork.thread() == thread && atWork.loop()));
		assertThat(find(watch, thread)).isNull();
	}

	@Test
	void whenThreadComesBackToAPauseInALoopThatComesToAnEndThenItIsAtWork() {
		ThreadWatch watch = watch();
		ready(watch);
		Thread counting = start(() -> {
			for (int row = 0; row < 1_000_000; row++) {
				pauseShortly();
			}
		});
		Thread called = start(() -> LibraryWaits.pass(() -> {
			for (int row = 0; row < 1_000_000; row++) {
				pauseShortly();
			}
		}));
		Stream<Runnable> tasks = Stream.generate(() -> this::pauseShortly);
		ExecutorService pool = Executors.newSingleThreadExecutor((task) -> thread(task::run));
		tasks.limit(1_000).forEach(pool::execute);
		Thread worker = this.threads.get(2);
		List<Thread> all = List.of(counting, called, worker);
		all.forEach((thread) -> awaitWork(watch, thread));
		for (Thread thread : all) {
			long begun = waited(thread);
			Awaitility.await().until(() -> {
				assertThat(watch.look()).noneMatch((atWork) -> atWork.thread() == thread && atWork.loop());
				return waited(thread) > begun + 10;
			});
		}
		pool.shutdownNow();
	}

	private static long waited(Thread thread) {
		return ManagementFactory.getThreadMXBean().getThreadInfo(thread.getId()).getWaitedCount();
	}

	private void pauseShortly() {
		LockSupport.parkNanos(this.pause.toNanos());
	}

	@Test
	void whenThreadHasEndedThenNothingIsKeptOfIt() {
		ThreadWatch watch = watch();
		ready(watch);
		Thread thread = start(this::loop);
		Awaitility.await()
			.until(() -> watch.look().stream().anyMatch((atWork) -> atWork.thread() == thread && atWork.loop()));
		assertThat(kept(watch, "pauses")).containsKey(thread.getId());
		assertThat(kept(watch, "loops")).containsKey(thread.getId());
		this.end.set(true);
		Awaitility.await().until(() -> thread.getState() == Thread.State.TERMINATED);
		watch.look();
		assertThat(kept(watch, "pauses")).doesNotContainKey(thread.getId());
		assertThat(kept(watch, "loops")).doesNotContainKey(thread.getId());
	}

	@SuppressWarnings("unchecked")
	private static Map<Long, Object> kept(ThreadWatch watch, String what) {
		return (Map<Long, Object>) Objects.requireNonNull(ReflectionTestUtils.getField(watch, what));
	}

	@Test
	void whenAwaitedTaskComesBackToTheSamePauseThenItIsGivenTime() {
		ThreadWatch watch = watch();
		ready(watch);
		Thread thread = start(new FutureTask<>(() -> null)::get);
		CompletableFuture.runAsync(() -> {
			this.threads.add(Thread.currentThread());
			loop();
		}, (task) -> new Thread(task).start());
		awaitPlace(watch, Place.TASK);
		int begun = this.rounds.get();
		Awaitility.await().until(() -> this.rounds.get() >= begun + 3);
		assertThat(watch.look()).anyMatch((atWork) -> atWork.place() == Place.TASK);
		this.now = Duration.ofSeconds(3).toNanos();
		Awaitility.await()
			.until(() -> watch.look().stream().noneMatch((atWork) -> atWork.place() == Place.TASK && !atWork.loop()));
		assertThat(watch.look()).filteredOn(ThreadAtWork::loop).singleElement().matches(ThreadAtWork::mayReturn);
		assertThat(find(watch, thread)).isNotNull();
	}

	@Test
	void whenATaskWasSeenBeforeTheShutdownWaitsForItThenItIsGivenTimeAllTheSame() {
		ThreadWatch watch = newWatch();
		ready(watch);
		for (Runnable task : List.<Runnable>of(this::loop, ThreadWatchTests::awaitLatch)) {
			CompletableFuture.runAsync(() -> {
				this.threads.add(Thread.currentThread());
				task.run();
			}, (run) -> new Thread(run).start());
		}
		Awaitility.await().until(() -> watch.look().size() == 2);
		this.now = Duration.ofHours(1).toNanos();
		int begun = this.rounds.get();
		Awaitility.await().until(() -> this.rounds.get() >= begun + 3);
		assertThat(watch.look()).hasSize(2).noneMatch(ThreadAtWork::loop);
		watch.startCounting();
		assertThat(watch.look()).hasSize(2).noneMatch(ThreadAtWork::loop);
		this.now += Duration.ofSeconds(3).toNanos();
		Awaitility.await().until(() -> watch.look().stream().allMatch(ThreadAtWork::loop));
	}

	@Test
	void whenATaskBeginsOnceMoreThenItIsNotTheLoopThatItWasBefore() throws Exception {
		ThreadWatch watch = watch();
		ready(watch);
		Future<?> first = this.executor.submit(this::loop);
		Awaitility.await().until(() -> watch.look().stream().anyMatch(ThreadAtWork::loop));
		this.end.set(true);
		first.get();
		awaitNothing(watch);
		this.end.set(false);
		this.pause = LONG;
		this.executor.submit(this::loop);
		Awaitility.await().until(() -> !watch.look().isEmpty());
		assertThat(watch.look()).singleElement().matches(Predicate.not(ThreadAtWork::loop));
	}

	@Test
	void whenAwaitedTaskWaitsForSomethingToComeThenItIsGivenTime() {
		ThreadWatch watch = watch();
		ready(watch);
		CompletableFuture.runAsync(() -> {
			this.threads.add(Thread.currentThread());
			awaitLatch();
		}, (task) -> new Thread(task).start());
		awaitPlace(watch, Place.TASK);
		Awaitility.await()
			.until(() -> this.threads.stream().anyMatch((each) -> each.getState() == Thread.State.WAITING));
		assertThat(watch.look()).anyMatch((atWork) -> atWork.place() == Place.TASK && !atWork.loop());
		assertThat(watch.look()).anyMatch((atWork) -> atWork.place() == Place.TASK && !atWork.loop());
		this.now = Duration.ofSeconds(3).toNanos();
		assertThat(watch.look()).noneMatch((atWork) -> atWork.place() == Place.TASK && !atWork.loop());
	}

	private static void awaitLatch() {
		try {
			new CountDownLatch(1).await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	static Stream<Arguments> counted() {
		return Stream.of(task("counter", () -> {
			for (int row = 0; row < 1_000_000; row++) {
				sleepLong();
			}
		}), task("size", () -> {
			List<Integer> rows = Collections.nCopies(1_000_000, 1);
			for (int row = 0; row < rows.size(); row++) {
				sleepLong();
			}
		}), task("elements", () -> {
			for (Integer row : Collections.nCopies(1_000_000, 1)) {
				sleepLong();
			}
		}), task("array", () -> {
			for (int row : new int[1_000_000]) {
				sleepLong();
			}
		}), task("with another way out", () -> {
			for (int row = 0; row < 1_000_000; row++) {
				if (Thread.currentThread().isInterrupted()) {
					return;
				}
				Thread.sleep(LONG.toMillis());
			}
		}), task("two", () -> {
			for (int page = 0; page < 1_000_000; page++) {
				for (Integer row : Collections.nCopies(3, page)) {
					sleepLong();
				}
			}
		}));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("counted")
	void whenALoopBeganBeforeTheServiceWasReadyButComesToAnEndThenItIsAtWork(String name, Task task) {
		ThreadWatch watch = newWatch();
		Thread thread = startInExecutor(task);
		ready(watch);
		assertThat(watch.isAtLoop(thread)).isFalse();
		assertThat(find(watch, thread)).isNotNull();
	}

	@Test
	void whenATaskPausesOnceThenItIsAtWorkThoughItBeganBeforeTheServiceWasReady() {
		ThreadWatch watch = newWatch();
		Thread thread = startInExecutor(ThreadWatchTests::sleepLong);
		ready(watch);
		assertThat(watch.isAtLoop(thread)).isFalse();
	}

	static Stream<Arguments> open() {
		return Stream.of(task("one endless sleep", () -> Thread.sleep(Long.MAX_VALUE)), task("flag", () -> {
			AtomicBoolean closed = new AtomicBoolean();
			while (!closed.get()) {
				sleepLong();
			}
		}), task("counted in one that is not", () -> {
			AtomicBoolean closed = new AtomicBoolean();
			while (!closed.get()) {
				for (int round = 0; round < 5; round++) {
					sleepLong();
				}
			}
		}), task("rounds that nobody compares", () -> {
			AtomicBoolean closed = new AtomicBoolean();
			for (int round = 0; !closed.get(); round++) {
				sleepLong();
			}
		}));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("open")
	void whenALoopBeganBeforeTheServiceWasReadyAndMayGoOnForEverThenItIsNotAtWork(String name, Task task) {
		ThreadWatch watch = newWatch();
		Thread thread = startInExecutor(task);
		ready(watch);
		assertThat(watch.isAtLoop(thread)).isTrue();
		assertThat(find(watch, thread)).isNull();
	}

	private Thread startInExecutor(Task task) {
		CompletableFuture<Thread> begun = new CompletableFuture<>();
		this.executor.submit(() -> {
			begun.complete(Thread.currentThread());
			task.run();
			return null;
		});
		Thread thread = begun.join();
		awaitWaiting(thread);
		return thread;
	}

	private static void sleepLong() throws InterruptedException {
		Thread.sleep(LONG.toMillis());
	}

	private static void sleepAfterAConstant() throws InterruptedException {
		long max = 86_400_000L;
		long pause = longMillis;
		Thread.sleep(pause);
		assertThat(pause).isLessThan(max);
	}

	static Stream<Arguments> keepingAlive() {
		return Stream.of(task("join itself", () -> Thread.currentThread().join()),
				task("latch", () -> new CountDownLatch(1).await()),
				task("latch with a timeout", () -> new CountDownLatch(1).await(1, TimeUnit.DAYS)),
				task("join another", () -> keepAlive().join(LONG.toMillis())),
				task("termination of a pool", () -> Executors.newCachedThreadPool().awaitTermination(1, TimeUnit.DAYS)),
				task("sleep without end", ThreadWatchTests::sleepForEver),
				task("one endless sleep", () -> Thread.sleep(Long.MAX_VALUE)),
				task("stage", () -> new CompletableFuture<>().get()), task("block", () -> Mono.never().block()),
				task("coroutine", ParkedCoroutine::joinBlocking), task("latch of a library", LibraryWaits::awaitLatch));
	}

	@Test
	void whenThreadWaitsForInputThenItIsNotAtWorkButWithAChildProcessItIs() throws Exception {
		Process child = new ProcessBuilder("sleep", "600").start();
		InputStream input = System.in;
		try {
			ThreadWatch watch = watch();
			System.setIn(withMonitor(child.getInputStream()));
			Thread reading = start(System.in::read);
			Awaitility.await().until(() -> runsNative(reading, "java.io.FileInputStream"));
			assertThat(find(watch, reading)).isNull();
			System.setIn(input);
			assertThat(find(watch, reading)).isNotNull();
		}
		finally {
			System.setIn(input);
			child.destroy();
		}
	}

	/**
	 * Returns a stream that is locked by its monitor on all versions of the JDK, as
	 * {@code System.in} is up to 20.
	 */
	private static InputStream withMonitor(InputStream stream) {
		return new BufferedInputStream(stream) {
		};
	}

	@Test
	void whenMainThreadSleepsAndGoesOnThenItIsAtWork() {
		this.main = thread(ThreadWatchTests::sleepOften);
		ThreadWatch watch = watch();
		this.main.start();
		awaitWaiting(this.main);
		assertThat(find(watch, this.main)).isNotNull();
	}

	static Stream<Arguments> endless() {
		return Stream.of(task("without a condition", ThreadWatchTests::sleepForEver),
				task("until it is interrupted", ThreadWatchTests::sleepUntilInterrupted));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("endless")
	void whenThreadSleepsInALoopWithoutEndThenItIsNotAtWork(String name, Task task) {
		ThreadWatch watch = watch();
		ready(watch);
		Thread thread = start(task);
		awaitWaiting(thread);
		assertThat(find(watch, thread)).isNull();
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("keepingAlive")
	void whenMainThreadKeepsTheProcessAliveThenItIsNotAtWork(String name, Task task) {
		this.main = thread(task);
		ThreadWatch watch = watch();
		this.main.start();
		awaitWaiting(this.main);
		assertThat(find(watch, this.main)).isNull();
	}

	@Test
	void whenMainThreadGoesOnThenItIsAwaited() {
		this.main = thread(() -> Thread.sleep(LONG.toMillis()));
		ThreadWatch watch = watch();
		ready(watch);
		this.main.start();
		awaitPlace(watch, Place.MAIN);
	}

	@Test
	void whenPoolsAreIdleThenThereIsNoWork() {
		ThreadWatch watch = watch();
		ForkJoinPool.commonPool().submit(() -> {
		}).join();
		Mono.fromRunnable(() -> {
		}).subscribeOn(Schedulers.boundedElastic()).block();
		ScheduledExecutorService scheduled = Executors.newScheduledThreadPool(1);
		scheduled.scheduleWithFixedDelay(() -> {
		}, 0, 1, TimeUnit.DAYS);
		awaitNothing(watch);
		scheduled.shutdownNow();
	}

	private ThreadWatch watch() {
		ThreadWatch watch = newWatch();
		watch.startCounting();
		return watch;
	}

	private ThreadWatch newWatch() {
		return new ThreadWatch((name) -> name.startsWith(NAME), "main"::equals, this.main, () -> this.now);
	}

	private void ready(ThreadWatch watch) {
		Thread[] looking = new Thread[1];
		watch.startWith((look) -> {
			looking[0] = new Thread(look);
			return looking[0];
		});
		Awaitility.await().until(() -> looking[0].getState() == Thread.State.TERMINATED);
	}

	private Thread start(Task task) {
		Thread thread = thread(task);
		thread.start();
		return thread;
	}

	private Thread thread(Task task) {
		Thread thread = new Thread(() -> {
			try {
				task.run();
			}
			catch (Exception ex) {
				Thread.currentThread().interrupt();
			}
		});
		this.threads.add(thread);
		return thread;
	}

	private static @Nullable ThreadAtWork find(ThreadWatch watch, Thread thread) {
		return watch.look()
			.stream()
			.filter((atWork) -> atWork.thread() == thread && !atWork.loop())
			.findFirst()
			.orElse(null);
	}

	private static void awaitWork(ThreadWatch watch, Thread thread) {
		awaitWaitingOr(thread, () -> find(watch, thread) != null);
	}

	private static void awaitWaiting(Thread thread) {
		awaitWaitingOr(thread, () -> thread.getState() == Thread.State.WAITING
				|| thread.getState() == Thread.State.TIMED_WAITING || runsNative(thread, "sun.nio.ch."));
	}

	private static void awaitWaitingOr(Thread thread, BooleanSupplier condition) {
		awaitFrames(thread);
		Awaitility.await().until(condition::getAsBoolean);
	}

	private static void awaitRead(Thread thread) {
		Awaitility.await()
			.until(() -> Stream.of(thread.getStackTrace()).anyMatch((frame) -> frame.getMethodName().equals("read")));
	}

	private static void awaitFrames(Thread thread) {
		Awaitility.await()
			.until(() -> Stream.of(thread.getStackTrace()).anyMatch((frame) -> frame.getClassName().startsWith(NAME)));
	}

	private static boolean runsNative(Thread thread, String classPrefix) {
		StackTraceElement[] stack = thread.getStackTrace();
		return stack.length > 0 && stack[0].isNativeMethod() && stack[0].getClassName().startsWith(classPrefix);
	}

	private static void awaitPlace(ThreadWatch watch, Place place) {
		Awaitility.await().until(() -> watch.look().stream().anyMatch((atWork) -> atWork.place() == place));
	}

	private static void awaitNothing(ThreadWatch watch) {
		Awaitility.await().until(() -> watch.look().isEmpty());
	}

	private static Arguments task(String name, Task task) {
		return Arguments.of(name, task);
	}

	private void compute() {
		long sum = 0;
		while (!this.end.get()) {
			sum += Objects.hash(sum);
		}
	}

	private void loop() {
		while (!this.end.get()) {
			try {
				Thread.sleep(this.pause.toMillis());
				this.rounds.incrementAndGet();
			}
			catch (InterruptedException ex) {
				return;
			}
		}
	}

	private static Thread keepAlive() {
		Thread thread = new Thread(LockSupport::park);
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

	private static void sleepForEver() {
		while (true) {
			try {
				Thread.sleep(60_000);
			}
			catch (InterruptedException ex) {
				return;
			}
		}
	}

	private static void sleepUntilInterrupted() throws InterruptedException {
		while (!Thread.currentThread().isInterrupted()) {
			Thread.sleep(60_000);
		}
	}

	private static void sleepOften() throws InterruptedException {
		for (int i = 0; i < 10; i++) {
			Thread.sleep(60_000);
		}
	}

	private static void waitForNotification() throws InterruptedException {
		Object monitor = new Object();
		synchronized (monitor) {
			while (monitor.hashCode() != 0) {
				monitor.wait();
			}
		}
	}

	private static void waitForCondition() throws InterruptedException {
		ReentrantLock lock = new ReentrantLock();
		lock.lock();
		Condition condition = lock.newCondition();
		condition.await();
	}

	private static void lockTwice() throws InterruptedException {
		ReentrantLock lock = new ReentrantLock();
		Thread holder = new Thread(lock::lock);
		holder.start();
		holder.join();
		lock.lockInterruptibly();
	}

	/**
	 * A channel's read can be interrupted, unlike that of a socket.
	 */
	private static void readFromSilentPeer() throws IOException {
		try (ServerSocketChannel server = ServerSocketChannel.open()
			.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
				SocketChannel channel = SocketChannel.open(server.getLocalAddress())) {
			channel.read(ByteBuffer.allocate(1));
		}
	}

	/**
	 * What a thread does.
	 */
	private interface Task {

		void run() throws Exception;

	}

}
