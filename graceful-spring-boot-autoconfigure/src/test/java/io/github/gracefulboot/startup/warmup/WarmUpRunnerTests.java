package io.github.gracefulboot.startup.warmup;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.WarmUp;
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

	private static final WarmUp FAILING = named("of the cache", () -> {
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
		run(LONG, false, FAILING, () -> other.complete(Thread.currentThread().getName()));
		assertThat(other).isCompletedWithValue("graceful-warm-up");
		assertThat(output).contains("Warm-up of the cache failed: no such file. Accepting traffic without it")
			.contains("Warmed up in ")
			.doesNotContain("\tat ");
	}

	@Test
	void whenOneFailsThatIsRequiredThenTheStartFails() {
		assertThatIllegalStateException().isThrownBy(() -> run(LONG, true, FAILING))
			.withMessage("Warm-up of the cache failed: no such file (graceful.startup.warm-up.required=true)")
			.withCauseInstanceOf(IOException.class);
	}

	@Test
	void whenTimeIsOverThenIsInterruptedAndTheRestIsLeft(CapturedOutput output) throws Exception {
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		WarmUp slow = named("of everything", () -> {
			try {
				TimeUnit.MINUTES.sleep(1);
			}
			catch (InterruptedException ex) {
				interrupted.complete(true);
			}
		});
		run(Duration.ofMillis(100), false, slow, named("of the rest", () -> TimeUnit.MINUTES.sleep(1)));
		assertThat(interrupted).succeedsWithin(LONG);
		String reason = " was not done in time (graceful.startup.warm-up.timeout=0.10 s). Accepting traffic without it";
		assertThat(output).contains("Warm-up of everything" + reason)
			.contains("Warm-up of the rest" + reason)
			.doesNotContain("\tat ");
	}

	@Test
	void whenTimeIsOverAndItIsRequiredThenTheStartFails() {
		assertThatIllegalStateException()
			.isThrownBy(() -> run(Duration.ofMillis(100), true, () -> TimeUnit.MINUTES.sleep(1)))
			.withMessageContaining("was not done in time");
	}

	@Test
	void whenThereIsNoneThenSaysNothing(CapturedOutput output) throws Exception {
		run(LONG, true);
		assertThat(output).doesNotContain("Warm");
	}

	private static void run(Duration timeout, boolean required, WarmUp... warmUps) throws InterruptedException {
		new WarmUpRunner(new StaticApplicationContext(), () -> List.of(warmUps), timeout, required).run();
	}

	private static WarmUp named(String name, WarmUp warmUp) {
		return new WarmUp() {

			@Override
			public void warmUp() throws Exception {
				warmUp.warmUp();
			}

			@Override
			public String toString() {
				return name;
			}

		};
	}

}
