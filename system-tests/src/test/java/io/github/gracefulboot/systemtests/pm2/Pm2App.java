package io.github.gracefulboot.systemtests.pm2;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.github.gracefulboot.systemtests.app.App;
import tools.jackson.databind.json.JsonMapper;

/**
 * A sample as PM2 runs it in fork mode.
 *
 * @param name the name that PM2 gives it
 * @param app the sample
 * @param shell what a shell does with the sample's command line, or empty if PM2 starts
 * java itself
 * @param settings more of PM2's settings
 */
public record Pm2App(String name, App app, String shell, Map<String, Object> settings) {

	public static Pm2App of(String name, App app) {
		return new Pm2App(name, app, "", Map.of());
	}

	public Pm2App with(String setting, Object value) {
		Map<String, Object> all = new LinkedHashMap<>(this.settings);
		all.put(setting, value);
		return new Pm2App(this.name, this.app, this.shell, all);
	}

	/**
	 * The same sample whose start PM2 waits for.
	 */
	public Pm2App waitReady() {
		return with("wait_ready", true).with("listen_timeout", 90_000);
	}

	/**
	 * The same sample, started by a shell script that finds the command line in
	 * {@code "$@"}.
	 */
	public Pm2App startedBy(String shell) {
		return new Pm2App(this.name, this.app, shell, this.settings);
	}

	String json() {
		List<String> command = this.app.command();
		if (!this.shell.isEmpty()) {
			command = Stream.concat(Stream.of("/bin/sh", "-c", this.shell, "sh"), command.stream()).toList();
		}
		Map<String, Object> all = new LinkedHashMap<>();
		all.put("name", this.name);
		all.put("script", command.get(0));
		all.put("args", command.subList(1, command.size()));
		all.put("interpreter", "none");
		all.put("exec_mode", "fork");
		all.put("autorestart", false);
		all.putAll(this.settings);
		return JsonMapper.builder().build().writeValueAsString(Map.of("apps", List.of(all)));
	}

}
