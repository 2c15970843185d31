package io.github.gracefulboot.grpc;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.github.gracefulboot.Background;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.web.AbstractServerDrainTests.StageLatch;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;
import org.springframework.util.ClassUtils;

/**
 * A running application with a gRPC server and nothing else.
 */
final class GrpcApplication implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private final StageLatch stages;

	private final TestService service;

	private final ShutdownSequence shutdown;

	private GrpcApplication(ConfigurableApplicationContext context) {
		this.context = context;
		this.stages = context.getBean(StageLatch.class);
		this.service = context.getBean(TestService.class);
		this.shutdown = context.getBean(ShutdownSequence.class);
	}

	static boolean isPossible() {
		return ClassUtils.isPresent("org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration",
				null);
	}

	static GrpcApplication start(String... args) {
		SpringApplication application = new SpringApplication(Config.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setDefaultProperties(Map.of("spring.grpc.server.port", "0", "spring.grpc.server.address",
				"127.0.0.1", "graceful.lame-duck.quiet-period", "200ms", "graceful.shutdown.exit-codes", "false"));
		return new GrpcApplication(application.run(args));
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	TestService service() {
		return this.service;
	}

	GrpcServerLifecycle server() {
		return bean(GrpcServerLifecycle.class);
	}

	ShutdownSequence shutdown() {
		return this.shutdown;
	}

	ManagedChannel connect() {
		return connect(server().getPort());
	}

	static ManagedChannel connect(int port) {
		return NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
	}

	static String call(Channel channel, String request) {
		return ClientCalls.blockingUnaryCall(channel, TestService.FAST, CallOptions.DEFAULT, request);
	}

	static ServingStatus health(Channel channel) {
		return HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance()).getStatus();
	}

	static RecordingObserver<HealthCheckResponse> watch(Channel channel) {
		RecordingObserver<HealthCheckResponse> watch = new RecordingObserver<>();
		HealthGrpc.newStub(channel).watch(HealthCheckRequest.getDefaultInstance(), watch);
		return watch;
	}

	static RecordingObserver<String> block(Channel channel) {
		RecordingObserver<String> answer = new RecordingObserver<>();
		ClientCalls.asyncUnaryCall(channel.newCall(TestService.BLOCK, CallOptions.DEFAULT), "done", answer);
		return answer;
	}

	static RecordingObserver<String> feed(Channel channel) {
		RecordingObserver<String> feed = new RecordingObserver<>();
		ClientCalls.asyncServerStreamingCall(channel.newCall(TestService.FEED, CallOptions.DEFAULT), "first", feed);
		return feed;
	}

	CompletableFuture<Void> stop() {
		return Background.run(this.context::close);
	}

	CompletableFuture<Void> stopUntil(Stage stage) throws InterruptedException {
		CompletableFuture<Void> stopped = stop();
		this.stages.await(stage);
		return stopped;
	}

	@Override
	public void close() {
		this.service.release();
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Config {

		@Bean
		TestService testService() {
			return new TestService();
		}

		@Bean
		StageLatch stageLatch() {
			return new StageLatch();
		}

	}

}
