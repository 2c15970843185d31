package io.github.gracefulboot.shutdown;

/**
 * A setting of the application that contradicts what the starter is there for.
 *
 * @param id what it is called where it is ignored, such as {@code health-cache}
 * @param message what is set, what comes of it and what to do, on one line
 */
public record Finding(String id, String message) {

}
