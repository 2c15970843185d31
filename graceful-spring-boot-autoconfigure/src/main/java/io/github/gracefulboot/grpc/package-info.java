/**
 * Drains gRPC servers, on Netty or in a servlet container. Internal, and subject to
 * change.
 */
@NullMarked
package io.github.gracefulboot.grpc;

import org.jspecify.annotations.NullMarked;
