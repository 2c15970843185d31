package io.github.gracefulboot.sample.messaging;

import java.time.Duration;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.data.redis.RedisSystemException;
import org.springframework.data.redis.annotation.RedisListener;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.stream.Consumer;
import org.springframework.data.redis.connection.stream.MapRecord;
import org.springframework.data.redis.connection.stream.ReadOffset;
import org.springframework.data.redis.connection.stream.StreamOffset;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.stream.StreamMessageListenerContainer;
import org.springframework.data.redis.stream.StreamMessageListenerContainer.StreamMessageListenerContainerOptions;

/**
 * Takes messages from a stream of Redis, as one of a group, and from a channel.
 */
@Configuration(proxyBeanMethods = false)
@Profile("redis")
class RedisInbox {

	private static final String STREAM = "messages";

	private static final String GROUP = "inbox";

	/**
	 * A stop has to finish what one read has brought.
	 */
	private static final int BATCH = 10;

	private final Inbox inbox;

	private final StringRedisTemplate redis;

	RedisInbox(Inbox inbox, StringRedisTemplate redis) {
		this.inbox = inbox;
		this.redis = redis;
	}

	@Bean
	StreamMessageListenerContainer<String, MapRecord<String, String, String>> stream(RedisConnectionFactory connections,
			@Value("${server.port}") String instance) {
		createGroup();
		StreamMessageListenerContainer<String, MapRecord<String, String, String>> container = StreamMessageListenerContainer
			.create(connections,
					StreamMessageListenerContainerOptions.builder()
						.batchSize(BATCH)
						.pollTimeout(Duration.ofMillis(500))
						.build());
		container.receive(Consumer.from(GROUP, instance), StreamOffset.create(STREAM, ReadOffset.lastConsumed()),
				this::take);
		container.start();
		return container;
	}

	private void createGroup() {
		try {
			this.redis.opsForStream().createGroup(STREAM, ReadOffset.from("0"), GROUP);
		}
		catch (RedisSystemException ex) {
			// Another instance has created it
		}
	}

	private void take(MapRecord<String, String, String> message) {
		this.inbox.take("redis", message.getValue().get("message"));
		this.redis.opsForStream().acknowledge(GROUP, message);
	}

	@RedisListener(topic = "announcements")
	void announced(String message) {
		this.inbox.take("channel", message);
	}

}
