package io.github.gracefulboot.startup.warmup;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.WarmUp;
import io.github.gracefulboot.shutdown.OwnBeans.Named;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.support.StaticApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link WarmUpRunner}.
 */
@ExtendWith(OutputCaptureExtension.class)
class WarmUpRunnerTests {

	private static final Duration LONG = Duration.ofSeconds(30);

	private static final Named<WarmUp> FAILING = named("cacheFiller", () -> {
		throw new IOException("no such file");
	});

	@AfterEach
	void whenOverThenNoThreadIsLeft() {
		Awaitility.await()
			.untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
				.doesNotContain("graceful-warm-up"));
	}

	@Test
	void whenOneFailsThenWarnsInOneLineAndDoesTheOthers(CapturedOutput output) throws Exception {
		CompletableFuture<String> other = new CompletableFuture<>();
		run(LONG, false, List.of(FAILING, named("other", () -> other.complete(Thread.currentThread().getName()))));
		assertThat(other).isCompletedWithValue("graceful-warm-up");
		assertThat(output).contains("Warm-up cacheFiller failed: no such file; accepting traffic without it")
			.contains("Warmed up in ")
			.doesNotContain("\tat ");
	}

	@Test
	void whenOneFailsThatIsRequiredThenTheStartFails() {
		assertThatIllegalStateException().isThrownBy(() -> run(LONG, true, List.of(FAILING)))
			.withMessage("Warm-up cacheFiller failed: no such file (graceful.startup.warm-up.required=true)")
			.withCauseInstanceOf(IOException.class);
	}

	@Test
	void whenTimeIsOverThenIsInterruptedAndTheRestIsLeft(CapturedOutput output) throws Exception {
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		Named<WarmUp> slow = named("everything", () -> {
			try {
				TimeUnit.MINUTES.sleep(1);
			}
			catch (InterruptedException ex) {
				interrupted.complete(true);
			}
		});
		run(Duration.ofMillis(100), false, List.of(slow, named("rest", () -> TimeUnit.MINUTES.sleep(1))));
		assertThat(interrupted).succeedsWithin(LONG);
		String reason = " timed out after 100 ms (graceful.startup.warm-up.timeout); accepting traffic without it";
		assertThat(output).contains("Warm-up everything" + reason)
			.contains("Warm-up rest" + reason)
			.doesNotContain("\tat ");
	}

	@Test
	void whenTimeIsOverAndItIsRequiredThenTheStartFails() {
		assertThatIllegalStateException()
			.isThrownBy(
					() -> run(Duration.ofMillis(100), true, List.of(named("slow", () -> TimeUnit.MINUTES.sleep(1)))))
			.withMessageContaining("timed out after");
	}

	@Test
	void whenThereIsNoneThenSaysNothing(CapturedOutput output) throws Exception {
		run(LONG, true, List.of());
		assertThat(output).doesNotContain("Warm");
	}

	private static void run(Duration timeout, boolean required, List<Named<WarmUp>> warmUps)
			throws InterruptedException {
		new WarmUpRunner(new StaticApplicationContext(), () -> warmUps, timeout, required).run();
	}

	private static Named<WarmUp> named(String name, WarmUp warmUp) {
		return new Named<>(name, warmUp);
	}

}
