package io.github.gracefulboot.benchmarks.request;

import java.util.Arrays;
import java.util.List;

import io.github.gracefulboot.GracefulShutdown;
import io.github.gracefulboot.benchmarks.app.Server;

import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

/**
 * The application in this process, with the starter or as it is without.
 */
final class Application implements AutoCloseable {

	private static final String STARTER = ClassUtils.getPackageName(GracefulShutdown.class);

	private static final String BENCHMARKS = STARTER + ".benchmarks";

	private final ConfigurableApplicationContext context;

	private Application(ConfigurableApplicationContext context) {
		this.context = context;
	}

	static Application start(Server server, boolean starter) {
		Application application = new Application(
				server.application().run("--graceful.enabled=" + starter, "--logging.level.root=warn"));
		List<String> beans = application.beansOfTheStarter();
		Assert.state(starter != beans.isEmpty(), () -> "graceful.enabled=" + starter + " leaves " + beans);
		return application;
	}

	private List<String> beansOfTheStarter() {
		return Arrays.stream(this.context.getBeanDefinitionNames()).filter((name) -> {
			Class<?> type = this.context.getType(name, false);
			return type != null && type.getName().startsWith(STARTER + ".") && !type.getName().startsWith(BENCHMARKS);
		}).toList();
	}

	int port() {
		return ((WebServerApplicationContext) this.context).getWebServer().getPort();
	}

	<T> T bean(String name, Class<T> type) {
		return this.context.getBean(name, type);
	}

	@Override
	public void close() {
		this.context.close();
	}

}
