package io.github.gracefulboot.field;

import java.util.concurrent.CompletableFuture;

import jakarta.annotation.PreDestroy;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Who ends the process from within.
 */
class ExitRows {

	@RestController
	@Profile("exits")
	static class Requests {

		private final ConfigurableApplicationContext context;

		Requests(ConfigurableApplicationContext context) {
			this.context = context;
		}

		@GetMapping("/exit")
		String exit() {
			System.exit(3);
			return "never";
		}

		@GetMapping("/spring-exit")
		String springExit() {
			System.exit(SpringApplication.exit(this.context, () -> 3));
			return "never";
		}

		@GetMapping("/close")
		String close() {
			this.context.close();
			return "closed";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("exit-task")
	static class Task {

		@Bean
		Work work(AsyncTaskExecutor applicationTaskExecutor) {
			return () -> applicationTaskExecutor.submit(() -> System.exit(3));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("exit-run-async")
	static class RunAsync {

		@Bean
		Work work() {
			return () -> CompletableFuture.runAsync(() -> System.exit(3));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("exit-listener")
	static class Listener {

		@Bean
		Work work(ApplicationEventPublisher publisher) {
			return () -> publisher.publishEvent("exit");
		}

		@EventListener(condition = "#root.args[0] == 'exit'")
		void on(String event) {
			System.exit(3);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("exit-thread")
	static class ThreadExit {

		@Bean
		Work work(ConfigurableApplicationContext context) {
			return () -> new Thread(() -> System.exit(SpringApplication.exit(context, () -> 3))).start();
		}

	}

	@Component
	@Profile("hanging-destroy")
	static class HangingDestroy implements Work {

		@Override
		public void begin() {
			Evidence.write("begun");
		}

		@PreDestroy
		void close() throws InterruptedException {
			Thread.sleep(600_000);
		}

	}

}
