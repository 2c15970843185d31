package io.github.gracefulboot.messaging.redis;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MessagesInHand}.
 */
class MessagesInHandTests {

	private final CountDownLatch mayEnd = new CountDownLatch(1);

	@Test
	void whenAPoolThrowsMessagesAwayThenOnlyTheOthersCount() {
		ThreadPoolTaskExecutor pool = new ThreadPoolTaskExecutor();
		pool.setCorePoolSize(1);
		pool.setMaxPoolSize(1);
		pool.setQueueCapacity(1);
		pool.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
		pool.initialize();
		MessagesInHand messages = new MessagesInHand(pool);
		for (int i = 0; i < 10; i++) {
			messages.execute(this::handle);
		}
		assertThat(messages.isEmpty()).isFalse();
		Awaitility.await().until(() -> messages.activeTasks("message").size() == 1);
		this.mayEnd.countDown();
		Awaitility.await().until(messages::isEmpty);
		assertThat(pool.getThreadPoolExecutor().getCompletedTaskCount()).isLessThanOrEqualTo(2);
		pool.shutdown();
	}

	@Test
	void whenEachMessageHasItsThreadThenItCountsFromTheBeginning() {
		MessagesInHand messages = new MessagesInHand(new SimpleAsyncTaskExecutor());
		messages.execute(this::handle);
		assertThat(messages.isEmpty()).isFalse();
		assertThat(messages.activeTasks("message")).hasSize(1);
		this.mayEnd.countDown();
		Awaitility.await().until(messages::isEmpty);
	}

	private void handle() {
		try {
			this.mayEnd.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
