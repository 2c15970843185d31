create table if not exists deliveries (source varchar(10) not null, message varchar(100) not null, delivered_at timestamptz not null default clock_timestamp());
create table if not exists messages (source varchar(10) not null, message varchar(100) not null, primary key (source, message));
