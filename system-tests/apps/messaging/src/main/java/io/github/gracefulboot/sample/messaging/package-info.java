/**
 * A sample that takes messages and writes them into a database.
 */
package io.github.gracefulboot.sample.messaging;
