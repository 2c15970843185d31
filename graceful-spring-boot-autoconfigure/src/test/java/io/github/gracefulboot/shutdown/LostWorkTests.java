package io.github.gracefulboot.shutdown;

import java.util.List;

import io.github.gracefulboot.ActiveTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LostWork} and what else is said of work in hand, where an application
 * names it after what a client has sent.
 */
@ExtendWith(OutputCaptureExtension.class)
class LostWorkTests {

	private static final Thread THREAD = new Thread("GET /a\n2026-01-01 INFO forged");

	private static final ActiveTask TASK = new ActiveTask("job \u001b[2J", null, THREAD);

	private static final String LINE = "job ?[2J on thread GET /a?2026-01-01 INFO forged";

	@Test
	void whenWorkIsCutOffOrAbandonedThenNobodyForgesALineOfTheLog(CapturedOutput output) {
		CutOffs cutOffs = new CutOffs();
		cutOffs.add(TASK.toString(), THREAD);
		cutOffs.abandon(new BusyThread(1, "a\nb", false, "job", List.of()));
		assertThat(output.getAll().lines()).anyMatch((line) -> line.endsWith("Cut off: " + LINE))
			.anyMatch((line) -> line.endsWith("Abandoned: thread a?b (job)"));
		assertThat(cutOffs.lost()).extracting(LostWork::what).containsExactly(LINE, "thread a?b (job)");
		assertThat(cutOffs.lost()).extracting(LostWork::thread).containsExactly("GET /a?2026-01-01 INFO forged", "a?b");
		assertThat(cutOffs).hasToString("cut off: " + LINE + "; abandoned: thread a?b (job)");
	}

	@Test
	void whenWorkIsWaitedForThenItIsDescribedInOneLine() {
		assertThat(ActiveTasks.describe(List.of(TASK), 3)).isEqualTo(LINE);
	}

}
