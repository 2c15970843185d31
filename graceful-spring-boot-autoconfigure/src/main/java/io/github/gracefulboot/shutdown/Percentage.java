package io.github.gracefulboot.shutdown;

import java.time.Duration;

import org.springframework.util.Assert;

/**
 * A part of a whole, written as a percentage such as {@code 20%}.
 *
 * @param percent the part in percent, from 0 to 100
 */
public record Percentage(int percent) {

	public Percentage {
		Assert.isTrue(percent >= 0 && percent <= 100, () -> percent + "% is not between 0% and 100%");
	}

	/**
	 * Reads a percentage. Property binding finds this method by its name.
	 * @param text the percentage, such as {@code 20%}
	 * @return the share
	 * @throws IllegalArgumentException if the text is no whole percentage
	 */
	public static Percentage of(String text) {
		Assert.isTrue(text.matches("\\d{1,3}%"), () -> "'" + text + "' is not a whole percentage such as 20%");
		return new Percentage(Integer.parseInt(text.substring(0, text.length() - 1)));
	}

	/**
	 * Returns this share of a time.
	 * @param whole the whole time
	 * @return the part
	 */
	public Duration of(Duration whole) {
		return whole.multipliedBy(this.percent).dividedBy(100);
	}

	@Override
	public String toString() {
		return this.percent + "%";
	}

}
