package io.github.gracefulboot.balancer.haproxy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.github.gracefulboot.traffic.Printable;
import org.jspecify.annotations.Nullable;

/**
 * A server of one of HAProxy's backends, as {@code show servers state} lists it.
 *
 * @param backendId the number of the backend
 * @param backend the name of the backend, which a frontend may have, too
 * @param id the number of the server in it
 * @param name the name of the server
 * @param address its address, or {@code -}
 * @param port its port
 * @param adminState what was set about it, a mask of bits
 * @param checkState whether it is checked, a mask of bits
 */
record HaproxyServer(String backendId, String backend, String id, String name, String address, String port,
		int adminState, int checkState) {

	/**
	 * {@code SRV_ADMF_FDRAIN} of HAProxy: set by {@code set server state drain}.
	 */
	private static final int DRAIN = 0x08;

	/**
	 * In maintenance, by an operator ({@code FMAINT}), by the server that it tracks
	 * ({@code IMAINT}), by the configuration ({@code CMAINT}) or since its name has no
	 * address ({@code RMAINT}).
	 */
	private static final int MAINTENANCE = 0x01 | 0x02 | 0x04 | 0x20;

	/**
	 * {@code CHK_ST_CONFIGURED}: it has checks.
	 */
	private static final int CHECKED = 0x02;

	/**
	 * Reads the answer to {@code show servers state}: a version, a line of names that
	 * begins with {@code #}, and a line for each server.
	 * @param answer the answer
	 * @return the servers
	 */
	static List<HaproxyServer> parse(String answer) {
		List<String> lines = answer.lines().skip(1).filter((line) -> !line.isBlank()).toList();
		if (lines.isEmpty() || !lines.get(0).startsWith("# ")) {
			throw new IllegalStateException(
					"It does not list its servers: " + Printable.text(answer.lines().findFirst().orElse("")));
		}
		List<String> names = List.of(lines.get(0).substring(2).split(" "));
		return lines.stream().skip(1).map((line) -> parse(names, line.split(" "))).toList();
	}

	private static HaproxyServer parse(List<String> names, String[] values) {
		Map<String, String> fields = new HashMap<>();
		for (int i = 0; i < Math.min(names.size(), values.length); i++) {
			fields.put(names.get(i), values[i]);
		}
		return new HaproxyServer(fields.getOrDefault("be_id", ""), fields.getOrDefault("be_name", ""),
				fields.getOrDefault("srv_id", ""), fields.getOrDefault("srv_name", ""),
				fields.getOrDefault("srv_addr", ""), fields.getOrDefault("srv_port", ""),
				number(fields.get("srv_admin_state")), number(fields.get("srv_check_state")));
	}

	private static int number(@Nullable String text) {
		return (text == null || text.isEmpty()) ? 0 : Integer.parseInt(text);
	}

	/**
	 * Returns how many sessions it has, queued ones included.
	 * @param answer the answer to {@code show stat} for this server: a line of names that
	 * begins with {@code #}, and its own, both separated by commas
	 * @return the number
	 */
	int sessions(String answer) {
		List<String[]> lines = answer.lines().map((line) -> line.split(",", -1)).toList();
		List<String> names = List.of(lines.get(0));
		int sessions = names.indexOf("scur");
		int queued = names.indexOf("qcur");
		String[] own = lines.stream()
			.skip(1)
			.filter((line) -> line.length > Math.max(sessions, queued) && line[1].equals(this.name))
			.findFirst()
			.orElse(new String[0]);
		if (sessions < 0 || queued < 0 || own.length == 0) {
			throw new IllegalStateException("It does not say how many sessions %s has".formatted(this));
		}
		return number(own[sessions]) + number(own[queued]);
	}

	boolean isChecked() {
		return (this.checkState & CHECKED) != 0;
	}

	boolean isInMaintenance() {
		return (this.adminState & MAINTENANCE) != 0;
	}

	boolean isDraining() {
		return (this.adminState & DRAIN) != 0;
	}

	/**
	 * Returns what it is called in commands.
	 * @return the backend and the server
	 */
	@Override
	public String toString() {
		return this.backend + "/" + this.name;
	}

}
