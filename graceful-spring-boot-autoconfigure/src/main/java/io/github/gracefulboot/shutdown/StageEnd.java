package io.github.gracefulboot.shutdown;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * The end of a stage.
 *
 * @param result how it ended
 * @param detail why, as a sentence without an end, or {@code null} if there is nothing to
 * add
 */
public record StageEnd(StageResult result, @Nullable String detail) {

	StageEnd(StageResult result) {
		this(result, null);
	}

	/**
	 * Describes the end, such as {@code received 2 failing readiness responses}.
	 */
	@Override
	public String toString() {
		return (this.detail != null) ? this.detail : this.result.name().toLowerCase(Locale.ROOT).replace('_', ' ');
	}

}
