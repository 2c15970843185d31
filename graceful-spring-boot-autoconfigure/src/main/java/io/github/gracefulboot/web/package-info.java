/**
 * Web servers: what is in flight, and the drain that all servers have in common.
 * Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.web;

import org.jspecify.annotations.NullMarked;
