package io.github.gracefulboot.database;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import io.github.gracefulboot.ActiveTask;

/**
 * Finds threads that run a statement outside of a transaction, by the frames of the
 * connection pools on their stacks. It costs nothing until it is used. Virtual threads
 * are not found, since the JVM shows them in a thread dump only.
 */
final class RunningStatements {

	private static final List<String> FRAMES = List.of("com.zaxxer.hikari.pool.Proxy",
			"com.zaxxer.hikari.pool.HikariProxy", "org.apache.tomcat.jdbc.pool.StatementFacade",
			"org.apache.commons.dbcp2.Delegating", "oracle.ucp.jdbc.proxy.");

	private RunningStatements() {
	}

	/**
	 * Returns the threads that are running a statement.
	 * @param known the tasks whose threads to skip
	 * @return a task for each thread
	 */
	static List<ActiveTask> besides(Collection<ActiveTask> known) {
		Set<Thread> threads = known.stream()
			.map(ActiveTask::thread)
			.filter(Objects::nonNull)
			.collect(Collectors.toSet());
		return Thread.getAllStackTraces()
			.entrySet()
			.stream()
			.filter((thread) -> !threads.contains(thread.getKey()) && runsStatement(thread.getValue()))
			.map((thread) -> new ActiveTask("statement outside of a transaction", null, thread.getKey()))
			.toList();
	}

	private static boolean runsStatement(StackTraceElement[] stack) {
		return Arrays.stream(stack)
			.map(StackTraceElement::getClassName)
			.anyMatch((name) -> FRAMES.stream().anyMatch(name::startsWith));
	}

}
