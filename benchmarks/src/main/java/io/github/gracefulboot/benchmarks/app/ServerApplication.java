package io.github.gracefulboot.benchmarks.app;

import java.util.Arrays;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/**
 * What is measured, in this process or in one of its own. Knows nothing of the starter,
 * which need not be on its class path.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import(WorkController.class)
public class ServerApplication {

	/**
	 * Starts it.
	 * @param args the name of the server, and arguments of Spring Boot
	 */
	public static void main(String[] args) {
		Server.valueOf(args[0]).application().run(Arrays.copyOfRange(args, 1, args.length));
	}

}
