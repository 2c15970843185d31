package io.github.gracefulboot.sample;

import java.io.IOException;
import java.time.LocalTime;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Tells the time to everybody who listens, and never ends by itself.
 */
@RestController
@EnableScheduling
class EventController {

	private final Set<SseEmitter> clients = ConcurrentHashMap.newKeySet();

	private final AtomicLong number = new AtomicLong();

	@GetMapping("/events")
	SseEmitter events() {
		SseEmitter client = new SseEmitter(0L);
		client.onCompletion(() -> this.clients.remove(client));
		this.clients.add(client);
		return client;
	}

	@Scheduled(fixedRate = 100)
	void tell() {
		String id = String.valueOf(this.number.incrementAndGet());
		String time = LocalTime.now().toString();
		for (SseEmitter client : this.clients) {
			try {
				client.send(SseEmitter.event().id(id).data(time));
			}
			catch (IOException | IllegalStateException ex) {
				this.clients.remove(client);
			}
		}
	}

}
