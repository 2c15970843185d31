package io.github.gracefulboot.systemtests.pm2;

import tools.jackson.databind.JsonNode;

/**
 * What PM2 says about a process of its.
 *
 * @param id the number that PM2 gave it
 * @param name the name of its application
 * @param pid its process id, or 0
 * @param status online, launching, stopping, stopped or errored
 * @param restarts how often it was restarted
 */
public record Pm2Process(int id, String name, long pid, String status, int restarts) {

	static Pm2Process of(JsonNode json) {
		JsonNode environment = json.get("pm2_env");
		return new Pm2Process(json.get("pm_id").asInt(), json.get("name").asString(), json.path("pid").asLong(0),
				environment.get("status").asString(), environment.get("restart_time").asInt());
	}

	public boolean isOnline() {
		return this.status.equals("online");
	}

}
