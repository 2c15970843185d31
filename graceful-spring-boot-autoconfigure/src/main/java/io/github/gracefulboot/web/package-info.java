/**
 * Web servers: what is in flight, and the drain that is the same for every server.
 */
@NullMarked
package io.github.gracefulboot.web;

import org.jspecify.annotations.NullMarked;
