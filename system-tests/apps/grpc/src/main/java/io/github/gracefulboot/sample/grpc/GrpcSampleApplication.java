package io.github.gracefulboot.sample.grpc;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * Small application with a gRPC server and no web server.
 */
@SpringBootApplication
public class GrpcSampleApplication {

	public static void main(String[] args) {
		SpringApplication.run(GrpcSampleApplication.class, args);
	}

}
