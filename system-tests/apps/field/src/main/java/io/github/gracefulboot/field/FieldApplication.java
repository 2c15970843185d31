package io.github.gracefulboot.field;

import java.lang.reflect.Proxy;
import java.util.List;

import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * What people have in their services. Each profile is one thing, so that it can be
 * stopped with the starter and without.
 */
@SpringBootApplication
@RestController
public class FieldApplication {

	private final ObjectProvider<Work> work;

	FieldApplication(ObjectProvider<Work> work) {
		this.work = work;
	}

	public static void main(String[] args) throws Exception {
		List<String> options = List.of(args);
		if (options.contains("--field.handler")) {
			exitOnTerminate();
		}
		SpringApplication.run(FieldApplication.class, args);
		LogFactory.getLog(FieldApplication.class).info("Ready");
		if (Boolean.getBoolean("field.main")) {
			Evidence.work(Work.MILLIS);
		}
		if (options.contains("--field.keep-alive")) {
			while (true) {
				Thread.sleep(60_000);
			}
		}
		if (options.contains("--field.job")) {
			Evidence.write("begun");
			for (int row = 0; row < 100; row++) {
				Thread.sleep(100);
			}
			Evidence.write("done");
		}
		if (options.contains("--field.input")) {
			System.in.read();
		}
	}

	/**
	 * Handles SIGTERM itself. The compiler does not know the class for that.
	 */
	private static void exitOnTerminate() throws ReflectiveOperationException {
		Class<?> signal = Class.forName("sun.misc.Signal");
		Class<?> handler = Class.forName("sun.misc.SignalHandler");
		Object exits = Proxy.newProxyInstance(FieldApplication.class.getClassLoader(), new Class<?>[] { handler },
				(proxy, method, args) -> {
					System.exit(3);
					return null;
				});
		signal.getMethod("handle", signal, handler)
			.invoke(null, signal.getConstructor(String.class).newInstance("TERM"), exits);
	}

	@PostMapping("/begin")
	@ResponseStatus(HttpStatus.ACCEPTED)
	void begin() throws Exception {
		this.work.getObject().begin();
	}

}
