package io.github.gracefulboot.background;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import io.github.gracefulboot.background.VirtualThreads.VirtualThread;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link VirtualThreads}.
 */
class VirtualThreadsTests {

	@Test
	void whenThereIsOneThenItIsListedUntilItEnds() {
		VirtualThreads threads = new VirtualThreads();
		CompletableFuture<String> release = new CompletableFuture<>();
		Thread thread = VirtualThreadStarter.start(release::join);
		try {
			Awaitility.await().until(() -> thread.getState() == Thread.State.WAITING);
			threads.look(Thread.getAllStackTraces().keySet());
			assertThat(threads.list()).filteredOn((each) -> each.id() == thread.getId())
				.hasSize(VirtualThreadStarter.POSSIBLE ? 1 : 0)
				.allMatch((each) -> each.state() == Thread.State.WAITING)
				.allMatch((each) -> each.stack()
					.stream()
					.anyMatch((frame) -> frame.getClassName().equals(CompletableFuture.class.getName())));
		}
		finally {
			release.complete("");
		}
		Awaitility.await().until(() -> threads.list().stream().noneMatch((each) -> each.id() == thread.getId()));
	}

	@Test
	void readsTheThreadDumpOfJava21() {
		List<VirtualThread> threads = VirtualThreads
			.parse(Stream.of("4711", "2026-11-30T10:00:00Z", "21.0.5+11-LTS", "", "#1 \"main\"",
					"      java.base/java.lang.Thread.sleep(Thread.java:509)", "      com.example.App.main(App.java:3)",
					"", "#29 \"\" virtual", "      java.base/java.lang.VirtualThread.parkNanos(VirtualThread.java:631)",
					"      com.example.Orders.lambda$export$0(Orders.java:12)",
					"      java.base/java.lang.VirtualThread.run(VirtualThread.java:309)", "",
					"#31 \"a \"b\" virtual\" virtual",
					"      java.base/java.lang.VirtualThread.park(VirtualThread.java:582)", "", "#33 \"busy\" virtual",
					"      com.example.Orders.count(Unknown Source)", ""));
		assertThat(threads).extracting(VirtualThread::id).containsExactly(29L, 31L, 33L);
		assertThat(threads).extracting(VirtualThread::name).containsExactly("", "a \"b\" virtual", "busy");
		assertThat(threads).extracting(VirtualThread::state)
			.containsExactly(Thread.State.TIMED_WAITING, Thread.State.WAITING, Thread.State.RUNNABLE);
		assertThat(threads.get(0).stack()).extracting(StackTraceElement::toString)
			.containsExactly("java.base/java.lang.VirtualThread.parkNanos(VirtualThread.java:631)",
					"com.example.Orders.lambda$export$0(Orders.java:12)",
					"java.base/java.lang.VirtualThread.run(VirtualThread.java:309)");
		assertThat(threads.get(0).stack()).extracting(StackTraceElement::getClassName)
			.contains("com.example.Orders", "java.lang.VirtualThread");
	}

	@Test
	void readsTheThreadDumpOfJava25() {
		List<VirtualThread> threads = VirtualThreads.parse(Stream.of(
				"#22 \"x\" virtual\" RUNNABLE 2026-11-30T10:00:00Z", "    at com.example.App.main(App.java:3)", "",
				"#27 \"mine\" virtual TIMED_WAITING 2026-11-30T10:00:00Z",
				"    at java.base/java.lang.Object.wait0(Native Method)", "    - waiting on <java.lang.Class@6587524c>",
				"    at java.base@25.0.3/java.lang.Object.wait(Object.java:382)",
				"    at com.example.Orders$$Lambda/0x000001.run(Unknown Source)",
				"    - locked <java.lang.Class@6587524c>"));
		assertThat(threads).singleElement().satisfies((thread) -> {
			assertThat(thread.name()).isEqualTo("mine");
			assertThat(thread.state()).isEqualTo(Thread.State.TIMED_WAITING);
			assertThat(thread.stack()).extracting(StackTraceElement::getClassName)
				.containsExactly("java.lang.Object", "java.lang.Object", "com.example.Orders$$Lambda/0x000001");
			assertThat(thread.stack().get(0).isNativeMethod()).isTrue();
		});
	}

}
