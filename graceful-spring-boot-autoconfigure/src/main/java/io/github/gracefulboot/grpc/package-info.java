/**
 * The drain of gRPC servers, on Netty or in a servlet container.
 */
@NullMarked
package io.github.gracefulboot.grpc;

import org.jspecify.annotations.NullMarked;
