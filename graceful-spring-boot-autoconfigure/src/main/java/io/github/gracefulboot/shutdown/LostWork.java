package io.github.gracefulboot.shutdown;

import java.util.List;

import io.github.gracefulboot.traffic.Printable;
import org.jspecify.annotations.Nullable;

/**
 * A piece of work that dies with the process, or was interrupted.
 *
 * @param what what it was, such as {@code POST /orders for 12.3 s on thread
 * http-nio-8080-exec-3}
 * @param thread the name of the thread that was at work, or {@code null} if that is not
 * known
 * @param stack where the thread was, a frame each, the innermost first; empty if that is
 * not known or was not kept
 * @param abandoned whether the shutdown did not wait for it
 */
public record LostWork(String what, @Nullable String thread, List<String> stack, boolean abandoned) {

	/**
	 * Remembers a piece of work, in words that fit into a line: an application may name
	 * its threads and tasks after what clients send.
	 * @param what what it was
	 * @param thread the name of the thread, or {@code null}
	 * @param stack where the thread was
	 * @param abandoned whether the shutdown did not wait for it
	 */
	public LostWork {
		what = Printable.line(what);
		thread = (thread != null) ? Printable.line(thread) : null;
	}

	LostWork withoutStack() {
		return new LostWork(this.what, this.thread, List.of(), this.abandoned);
	}

}
