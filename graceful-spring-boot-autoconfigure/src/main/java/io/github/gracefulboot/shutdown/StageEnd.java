package io.github.gracefulboot.shutdown;

import org.jspecify.annotations.Nullable;

/**
 * The end of a stage.
 *
 * @param result how it ended
 * @param detail why, as a sentence without an end, or {@code null} if there is nothing to
 * add
 * @param by what ended it, in a word, such as {@code probes} or {@code time-up}
 */
public record StageEnd(StageResult result, @Nullable String detail, String by) {

	StageEnd(StageResult result) {
		this(result, null, result.id());
	}

	/**
	 * Describes the end, such as {@code received 2 failing readiness responses}.
	 */
	@Override
	public String toString() {
		return (this.detail != null) ? this.detail : this.result.id().replace('-', ' ');
	}

}
